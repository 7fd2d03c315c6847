import type { Client, DownloadEvent, DownloadResult, DownloadRun } from '../api/client.ts'
import type { DownloadOptions } from '../api/options.ts'
import { asDownloadError, DownloadError } from '../base/errors.ts'

/** One file that was asked for. */
export interface Job {
	/** Counts from 1 in the order given; names the file in every event. */
	readonly id: number
	readonly url: URL
	/** Other addresses of the same file. @default none */
	readonly mirrors?: readonly URL[]
	readonly options: DownloadOptions
}

/** How one job ended. */
export type Outcome =
	| { readonly kind: 'done'; readonly job: Job; readonly result: DownloadResult }
	| { readonly kind: 'failed'; readonly job: Job; readonly error: DownloadError }

/** What a run tells between its begin and its end; the end itself is an `Outcome`. */
export type JobEvent = Exclude<DownloadEvent, { readonly event: 'done' | 'failed' }>

/** Is told what happens, synchronously. A job that an abort kept from beginning is told as ended alone. */
export interface SessionListener {
	begun(job: Job, run: Pick<DownloadRun, 'snapshot'>): void
	told(job: Job, event: JobEvent): void
	ended(outcome: Outcome): void
}

export interface SessionOptions {
	readonly client: Pick<Client, 'download'>
	/** How many files at once; the others wait for their turn, in order. */
	readonly filesAtOnce: number
	/** Stops every job, those that wait too. */
	readonly signal: AbortSignal
	readonly listener: SessionListener
}

/**
 * Downloads many files, some at once, beginning them in the order given. One that fails does not stop the others.
 *
 * Resolves, and never rejects for a job's failure, with an outcome for each job in the order given.
 */
export async function runSession(jobs: readonly Job[], options: SessionOptions): Promise<readonly Outcome[]> {
	const outcomes: Outcome[] = []
	// The workers share one iterator: whoever is free takes the next job in order.
	const queue = jobs.entries()
	const work = async (): Promise<void> => {
		for (const [index, job] of queue) {
			const outcome = await runJob(job, options)
			outcomes[index] = outcome
			options.listener.ended(outcome)
		}
	}
	await Promise.all(Array.from({ length: Math.min(options.filesAtOnce, jobs.length) }, work))
	return outcomes
}

async function runJob(job: Job, { client, signal, listener }: SessionOptions): Promise<Outcome> {
	if (signal.aborted) return { kind: 'failed', job, error: neverBegun(job, signal.reason) }
	try {
		const run = client.download([job.url, ...(job.mirrors ?? [])], { ...job.options, signal })
		listener.begun(job, run)
		run.onEvent(event => {
			if (event.event !== 'done' && event.event !== 'failed') listener.told(job, event)
		})
		return { kind: 'done', job, result: await run }
	} catch (error) {
		return { kind: 'failed', job, error: asDownloadError(error) }
	}
}

const neverBegun = (job: Job, cause: unknown): DownloadError =>
	new DownloadError('E_ABORTED', `${job.url.host}${job.url.pathname} was not begun`, { cause })
