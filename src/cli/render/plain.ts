import { formatBytes } from '../../base/bytes.ts'
import type { Clock, Timer } from '../../base/clock.ts'
import { escapeForTerminal } from '../../base/escape.ts'
import type { Job, JobEvent, Outcome } from '../../session/session.ts'
import type { Screen } from '../environment.ts'
import type { DrawExplanation } from './explain.ts'
import { factsOf } from './facts.ts'
import { formatPercent } from './figures.ts'
import { type FileView, WatchedFile } from './file-view.ts'
import { errorLineOf } from './quiet.ts'
import type { Reporter } from './reporter.ts'
import { describeResult, displayPath } from './result.ts'

/** Between two lines about a file: often enough to see that it lives, seldom enough for a log. */
const progressEveryMs = 5_000

/** For a log or a dumb terminal: a line at the begin and at the end of each file, and one every few seconds. */
export class PlainReporter implements Reporter {
	readonly #screen: Screen
	readonly #folder: string
	readonly #timer: Timer
	readonly #drawExplanation: DrawExplanation | undefined
	readonly #files = new Map<number, WatchedFile>()

	/** @param drawExplanation for `--explain`; a log is written without, and without what it takes to fit text into columns */
	constructor(screen: Screen, folder: string, clock: Clock, drawExplanation?: DrawExplanation) {
		this.#screen = screen
		this.#folder = folder
		this.#drawExplanation = drawExplanation
		this.#timer = clock.every(progressEveryMs, () => this.#tellProgress())
	}

	begun(job: Job, run: ConstructorParameters<typeof WatchedFile>[1]): void {
		this.#files.set(job.id, new WatchedFile(job, run))
	}

	told(job: Job, event: JobEvent): void {
		this.#files.get(job.id)?.note(event)
		if (event.event === 'probed') this.say(describeBegin(event, this.#folder))
		if (event.event === 'notice') this.say(`skein: ${escapeForTerminal(event.message)}`)
	}

	ended(outcome: Outcome): void {
		this.#files.delete(outcome.job.id)
		const line = outcome.kind === 'done' ? describeResult(outcome.result, this.#folder) : errorLineOf(outcome)
		if (line !== undefined) this.say(line)
		if (outcome.kind !== 'done') return
		for (const figure of this.#drawExplanation?.(outcome.result, this.#screen.columns()) ?? []) this.say(figure)
	}

	say(line: string): void {
		this.#screen.write(`${line}\n`)
	}

	close(): void {
		this.#timer.stop()
	}

	#tellProgress(): void {
		for (const file of this.#files.values()) this.say(describeProgress(file.view()))
	}
}

function describeBegin(event: Extract<JobEvent, { readonly event: 'probed' }>, folder: string): string {
	const size = event.bytes === null ? 'size unknown' : formatBytes(event.bytes)
	const resumed = event.resumedFrom === 0 ? '' : `, going on at ${formatBytes(event.resumedFrom)}`
	return `${escapeForTerminal(event.url)} -> ${displayPath(event.path, folder)} (${size}${resumed})`
}

function describeProgress({ name, snapshot, retries }: FileView): string {
	const { bytesDone, bytesTotal } = snapshot
	const percent = bytesTotal === null ? [] : [formatPercent(bytesDone, bytesTotal)]
	return `${name}: ${[...percent, ...factsOf(snapshot, retries).map(({ text }) => text)].join(', ')}`
}
