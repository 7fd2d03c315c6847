import type { DownloadResult, DownloadRun, Snapshot } from '../../api/client.ts'
import type { Clock, Timer } from '../../base/clock.ts'
import type { DownloadError } from '../../base/errors.ts'
import { escapeForTerminal, escapeInJson } from '../../base/escape.ts'
import type { Job, JobEvent, Outcome } from '../../session/session.ts'
import { explainFields } from './explained-figures.ts'
import { errorLineOf } from './quiet.ts'
import type { Reporter } from './reporter.ts'

/** Four a second: the promise is one to ten, and a timer of a busy process may come late. */
const progressEveryMs = 250

/** Where events and what is said beside them go. */
export interface JsonOutput {
	/** Takes one event, a line without its end. */
	event(line: string): void
	/** Takes a line for a person. */
	say(line: string): void
}

/** For programs: one JSON object a line, with the fields that `docs/reference/events.md` promises and no others. */
export class JsonReporter implements Reporter {
	readonly #output: JsonOutput
	readonly #timer: Timer
	readonly #explain: boolean
	readonly #runs = new Map<number, Pick<DownloadRun, 'snapshot'>>()
	/** Progress begins with `probed`: before it there is nothing that it could be part of. */
	readonly #probed = new Set<number>()

	constructor(output: JsonOutput, clock: Clock, explain: boolean = false) {
		this.#output = output
		this.#explain = explain
		this.#timer = clock.every(progressEveryMs, () => {
			for (const id of this.#probed) this.#tellProgress(id)
		})
	}

	begun(job: Job, run: Pick<DownloadRun, 'snapshot'>): void {
		this.#runs.set(job.id, run)
	}

	told({ id }: Job, event: JobEvent): void {
		switch (event.event) {
			case 'probed':
				this.#emit(probedFields(id, event))
				this.#probed.add(id)
				this.#tellProgress(id)
				break
			case 'retry':
				this.#emit(retryFields(id, event))
				break
			case 'notice':
				this.#output.say(`skein: ${escapeForTerminal(event.message)}`)
		}
	}

	ended(outcome: Outcome): void {
		const { id } = outcome.job
		this.#runs.delete(id)
		this.#probed.delete(id)
		this.#emit(outcome.kind === 'done' ? doneFields(id, outcome.result) : failedFields(id, outcome.error))
		const explanation = this.#explain && outcome.kind === 'done' ? outcome.result.explanation : null
		if (explanation !== null) this.#emit(explainFields(id, explanation))
		const line = errorLineOf(outcome)
		if (line !== undefined) this.#output.say(line)
	}

	/** The last event. */
	summarize(outcomes: readonly Outcome[], durationMs: number): void {
		this.#emit(summaryFields(outcomes, durationMs))
	}

	say(line: string): void {
		this.#output.say(line)
	}

	close(): void {
		this.#timer.stop()
	}

	#tellProgress(id: number): void {
		const run = this.#runs.get(id)
		if (run !== undefined) this.#emit(progressFields(id, run.snapshot()))
	}

	#emit(fields: object): void {
		this.#output.event(jsonLine(fields))
	}
}

/** One event as it is written. A program's output lands on a terminal too: nothing in it may act on one. */
export const jsonLine = (fields: object): string => escapeInJson(JSON.stringify(fields))

type Told<E extends JobEvent['event']> = Omit<Extract<JobEvent, { readonly event: E }>, 'event'>

// Field by field, never by spreading: what the engine's events gain does not leak into what scripts were promised.

export const probedFields = (id: number, probed: Told<'probed'>): object => ({
	event: 'probed',
	id,
	url: probed.url,
	path: probed.path,
	bytes: probed.bytes,
	ranges: probed.ranges,
	validator: probed.validator,
	resumedFrom: probed.resumedFrom,
})

const progressFields = (id: number, snapshot: Snapshot): object => ({
	event: 'progress',
	id,
	bytesDone: snapshot.bytesDone,
	bytesTotal: snapshot.bytesTotal,
	bytesPerSecond: Math.round(snapshot.bytesPerSecond),
	connections: snapshot.connections,
	etaMs: snapshot.etaMs === null ? null : Math.round(snapshot.etaMs),
})

const retryFields = (id: number, { code, delayMs, attempt }: Told<'retry'>): object => ({
	event: 'retry',
	id,
	code,
	delayMs: Math.round(delayMs),
	attempt,
})

const doneFields = (id: number, result: DownloadResult): object => ({
	event: 'done',
	id,
	path: result.path,
	bytes: result.bytes,
	durationMs: Math.round(result.durationMs),
	bytesReceived: result.bytesReceived,
	requests: result.requests,
	connectionsPeak: result.connectionsPeak,
	resumedFrom: result.resumedFrom,
	lengthVerified: result.lengthVerified,
	verified: result.verified.map(({ algorithm, value, source }) => ({ algorithm, value, source })),
	verdict: { bottleneck: result.verdict.bottleneck, text: result.verdict.text },
})

export const failedFields = (id: number, { code, message, hint }: DownloadError): object => ({
	event: 'failed',
	id,
	code,
	message,
	hint: hint ?? null,
})

function summaryFields(outcomes: readonly Outcome[], durationMs: number): object {
	const done = outcomes.flatMap(outcome => (outcome.kind === 'done' ? [outcome.result] : []))
	return {
		event: 'summary',
		done: done.length,
		failed: outcomes.length - done.length,
		bytes: done.reduce((bytes, result) => bytes + result.bytes, 0),
		durationMs: Math.round(durationMs),
	}
}
