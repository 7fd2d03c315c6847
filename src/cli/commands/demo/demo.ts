import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, DownloadRun } from '../../../api/client.ts'
import { formatBytes } from '../../../base/bytes.ts'
import { DownloadError, isDownloadError } from '../../../base/errors.ts'
import type { Environment } from '../../environment.ts'
import { exitCodeOf } from '../../exit-codes.ts'
import { drawFrame } from '../../render/frame.ts'
import { LiveBlock } from '../../render/live-block.ts'
import { paintFor } from '../../render/paint.ts'
import { wrapText } from '../../render/wrap.ts'
import { createDemoBody, runTrial, type Trial, type TrialOptions, trialConnections } from './experiment.ts'
import { type SlowOrigin, startSlowOrigin } from './origin.ts'
import { drawTrial, explainTrials, nameOf, tableHead } from './table.ts'

const bodyBytes = 6 * 1024 ** 2
const bytesPerSecond = 1024 ** 2

/** The article's experiment: the same file by one connection, by four, and by as many as help. */
export async function demo(environment: Environment): Promise<number> {
	const { clock, stdout } = environment
	const interrupts = environment.catchInterrupts(() => {})
	const folder = await mkdtemp(join(tmpdir(), 'skein-demo-'))
	const body = createDemoBody(bodyBytes)
	const client = environment.createClient({ hostMemory: false })
	let origin: SlowOrigin | undefined
	try {
		origin = await startSlowOrigin(body, bytesPerSecond, clock)
		const { signal } = interrupts
		const trials = await runTrials({ client, url: origin.url, body, folder, signal }, environment)
		stdout.write(`\n${explain(trials, environment)}\n`)
		if (trials.every(({ same }) => same)) return 0
		throw new DownloadError('E_INTERNAL', 'The files of the demo differ from what was served', {
			hint: 'This is a fault of skein: please report it.',
		})
	} catch (error) {
		if (isDownloadError(error, 'E_ABORTED')) return exitCodeOf(error, interrupts.signal.reason)
		throw error
	} finally {
		interrupts.release()
		await client.close()
		await origin?.close()
		await rm(folder, { recursive: true, force: true })
	}
}

type Setting = Omit<TrialOptions, 'begun'> & { readonly client: Client }

async function runTrials(setting: Setting, environment: Environment): Promise<readonly Trial[]> {
	const { stdout, stdoutColours } = environment
	const paint = paintFor(stdoutColours)
	const size = formatBytes(bodyBytes)
	stdout.write(`One file of ${size} from a server that gives each connection ${formatBytes(bytesPerSecond)}/s:\n\n`)
	stdout.write(`${paint.faint(tableHead)}\n`)
	const trials: Trial[] = []
	for (const connections of trialConnections) {
		const live = showLive(nameOf(connections), environment)
		try {
			trials.push(await runTrial(connections, { ...setting, begun: live.begun }))
		} finally {
			live.stop()
		}
		const longestMs = Math.max(...trials.map(({ durationMs }) => durationMs))
		for (const trial of trials.slice(-1)) stdout.write(`${drawTrial(trial, longestMs, paint)}\n`)
	}
	return trials
}

/** The bar of the run that is under way, on a terminal; nothing elsewhere. */
function showLive(
	name: string,
	{ screen, clock }: Environment,
): { begun(run: Pick<DownloadRun, 'snapshot'>): void; stop(): void } {
	const block = new LiveBlock(screen)
	const paint = paintFor(screen.colours)
	let run: Pick<DownloadRun, 'snapshot'> | undefined
	const timer = clock.every(125, () => {
		if (run === undefined || !screen.isTerminal) return
		const size = { columns: screen.columns(), rows: screen.rows() }
		block.draw(drawFrame([{ name, snapshot: run.snapshot(), retries: 0 }], undefined, size, paint))
	})
	return {
		begun(begun) {
			run = begun
		},
		stop() {
			timer.stop()
			block.clear()
		},
	}
}

function explain(trials: readonly Trial[], { screen }: Environment): string {
	const columns = Math.min(88, Math.max(20, screen.columns() - 1))
	return explainTrials(trials, bytesPerSecond)
		.map(sentence => wrapText(sentence, columns))
		.join('\n')
}
