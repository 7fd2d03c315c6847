import { execFile } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Random } from '../../../src/base/random.ts'
import { pseudoRandom } from '../../support/body.ts'
import { type Origin, startOrigin } from '../../support/origin.ts'
import { runCli, startCli } from '../../support/run-cli.ts'
import { seeded } from '../../support/seeded.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { makeExt4, mountImage } from '../../torture/binary/mounts.ts'
import { type CommandEvent, eventsOf } from '../kills/command-events.ts'
import { type CutKind, makeCut, possibleCuts } from './cut.ts'
import { hasCheckpoint, type Recorded, recordedBytes } from './recorded.ts'

const imageBytes = 96 * 1024 * 1024
const largestBytes = 60_000_000
const name = 'file.bin'

export interface RemountFigures {
	cuts: number
	readonly byKind: Partial<Record<CutKind, number>>
	/** What the journals recorded when the file system was there again, and what of it the next run went on with. */
	recordedBytes: number
	keptBytes: number
	/** Resumes that found recorded bytes gone, and fetched them again. */
	dropped: number
	/** Bytes that the journal called written and that were not there, or not right. */
	lostBytes: number
	/** Runs that found nothing to go on with. */
	anew: number
	/** Downloads that were done before the cut came: their files must be there after it. */
	done: number
}

/**
 * Cuts a file system while a download writes to it, mounts it again within the same boot, and runs the command again.
 *
 * Throws an Error where the file is wrong in the end, or a range that the journal calls durable has not its bytes.
 */
export async function proveRemounts(options: {
	readonly times: number
	readonly seed: number
}): Promise<RemountFigures> {
	const figures: RemountFigures = {
		cuts: 0,
		byKind: {},
		recordedBytes: 0,
		keptBytes: 0,
		dropped: 0,
		lostBytes: 0,
		anew: 0,
		done: 0,
	}
	for (let number = 0; number < options.times; number += 1) {
		const trial = chooseTrial(seeded(options.seed * 1000 + number), number)
		const outcome = await cutAndGoOn(trial).catch((cause: unknown) => {
			throw new Error(`Cut ${number} of seed ${options.seed}, ${JSON.stringify(describe(trial))}: ${cause}`, { cause })
		})
		count(figures, trial.kind, outcome)
	}
	return figures
}

interface Trial {
	readonly kind: CutKind
	readonly body: Buffer
	readonly connections: number
	readonly totalBytesPerSecond: number
	readonly cutAfterBytes: number
	/** Then, and not before a first checkpoint has ended. */
	readonly afterCheckpoint: boolean
	/** The kernel may write out a file at any time: here the journal, and not what it records. */
	readonly journalFirst: boolean
}

/** Long enough for a checkpoint, which comes after two seconds; cut before it or after it. */
function chooseTrial(random: Random, number: number): Trial {
	const kinds = possibleCuts()
	const bytes = Math.round(largestBytes * (0.6 + 0.4 * random()))
	return {
		kind: kinds[number % kinds.length] ?? 'copy',
		body: pseudoRandom(bytes),
		connections: 1 + Math.floor(random() * 8),
		totalBytesPerSecond: Math.round(bytes / (2.6 + 1.4 * random())),
		cutAfterBytes: Math.round(bytes * (0.1 + 0.8 * random())),
		afterCheckpoint: number % 3 < 2,
		journalFirst: random() < 0.5,
	}
}

/** Undefined: it was done before. */
type Outcome = { readonly recorded: Recorded | undefined; readonly keptBytes: number } | undefined

async function cutAndGoOn(trial: Trial): Promise<Outcome> {
	const { body, totalBytesPerSecond, connections } = trial
	await using folder = await tempDir()
	await using origin = await startOrigin({ body, totalBytesPerSecond })
	const path = join(folder.path, 'mounted')
	await mkdir(path)
	const args = [origin.url(), '-d', path, '-x', String(connections), '--json']
	const { image, done } = await cutImage(trial, origin, args, folder.path)
	await using _ = await mountImage(image, path)
	const recorded = await recordedBytes(join(path, `${name}.part`), body)
	if ((recorded?.wrongDurableBytes ?? 0) > 0) throw new Error(`Durable bytes are gone: ${JSON.stringify(recorded)}`)
	const events = done ? [] : await runToTheEnd(args)
	if (!(await readFile(join(path, name))).equals(body)) throw new Error('The file is wrong')
	if (done) return undefined
	const keptBytes = events[0]?.resumedFrom ?? 0
	if (keptBytes < (recorded?.durableBytes ?? 0))
		throw new Error(`Only ${keptBytes} were kept: ${JSON.stringify(recorded)}`)
	return { recorded, keptBytes }
}

interface AfterCut {
	/** What the next boot finds. */
	readonly image: string
	/** Whether the command had said that it was done. */
	readonly done: boolean
}

async function cutImage(trial: Trial, origin: Origin, args: readonly string[], folder: string): Promise<AfterCut> {
	const image = join(folder, 'image')
	const copy = join(folder, 'copy')
	const part = join(folder, 'mounted', `${name}.part`)
	await makeExt4(image, imageBytes)
	await using mount = await mountImage(image, join(folder, 'mounted'))
	await using running = startCli(args)
	const isDue = async (): Promise<boolean> =>
		origin.bytesSent >= trial.cutAfterBytes && (!trial.afterCheckpoint || (await hasCheckpoint(part)))
	while (running.child.exitCode === null && !(await isDue())) await wait(2)
	if (trial.journalFirst) await writeOut(`${part}.journal`)
	await makeCut(trial.kind, { mount, image, copy, running })
	const { code, stdout } = await running.result
	const done = eventsOf(stdout).some(({ event }) => event === 'done')
	// Cut off from its disk, the command must end by itself.
	if (code !== null && code !== (done ? 0 : 8)) throw new Error(`The run on a disk that was cut off ended with ${code}`)
	await mount.unmount()
	const found = trial.kind === 'copy' ? copy : image
	await checkAsAtBoot(found)
	return { image: found, done }
}

async function runToTheEnd(args: readonly string[]): Promise<readonly CommandEvent[]> {
	const { code, stdout, stderr } = await runCli(args)
	if (code !== 0) throw new Error(`The run after the cut ended with ${code}:\n${stdout}${stderr}`)
	return eventsOf(stdout)
}

/** Where it is still there. */
async function writeOut(path: string): Promise<void> {
	const file = await open(path).catch(() => undefined)
	await file?.sync()
	await file?.close()
}

/** Reads the file system's journal and mends what needs no decision; throws where more is broken than a cut can break. */
async function checkAsAtBoot(image: string): Promise<void> {
	await promisify(execFile)('e2fsck', ['-p', image]).catch((error: { code: number; stdout: string }) => {
		if (error.code > 1) throw new Error(`e2fsck: ${error.stdout}`)
	})
}

function count(figures: RemountFigures, kind: CutKind, outcome: Outcome): void {
	figures.cuts += 1
	figures.byKind[kind] = (figures.byKind[kind] ?? 0) + 1
	if (outcome === undefined) {
		figures.done += 1
		return
	}
	const { recorded, keptBytes } = outcome
	figures.recordedBytes += recorded?.bytes ?? 0
	figures.keptBytes += keptBytes
	figures.lostBytes += recorded?.wrongWrittenBytes ?? 0
	if (recorded !== undefined && keptBytes < recorded.bytes) figures.dropped += 1
	if (keptBytes === 0) figures.anew += 1
}

function describe({ body, ...rest }: Trial): object {
	return { bytes: body.length, ...rest }
}
