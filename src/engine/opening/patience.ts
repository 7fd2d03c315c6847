import type { Cancel } from '../../base/abort.ts'
import { isDownloadError } from '../../base/errors.ts'
import { asksToWait, decideRetry } from '../../control/retry.ts'
import type { AlreadyThere } from '../../destination/contract.ts'
import type { NoticeEvent, RetryEvent } from '../events.ts'
import { failureOf } from '../failure.ts'
import type { Lease } from '../governor.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
import { openDownload } from './opening.ts'

/** With what a download is opened. */
export interface Opener extends Omit<EngineDeps, 'cpuMs'> {
	readonly cancel: Cancel
	readonly tell: (event: RetryEvent | NoticeEvent) => void
}

/** How an opening differs from the first one of a run. */
export type Manner = Pick<OpeningDeps, 'ranged' | 'anew' | 'only'>

/** Opens a download, asking again for as long as that is worth it. */
export async function openPatiently(spec: DownloadSpec, opener: Opener, manner: Manner): Promise<Begun | AlreadyThere> {
	const { governor, clock, cancel } = opener
	for (let attempt = 1; ; attempt += 1) {
		const lease = await governor.acquire(spec.url.host, cancel)
		try {
			const begun = await openOnce(spec, opener, lease, manner)
			if (begun.kind === 'already-there') lease.release()
			return begun
		} catch (error) {
			lease.release()
			await clock.sleep(delayBeforeRetry(error, attempt, spec, opener), cancel)
			if (cancel.cancelled) throw cancel.reason
		}
	}
}

async function openOnce(
	spec: DownloadSpec,
	opener: Opener,
	lease: Lease,
	manner: Manner,
): Promise<Begun | AlreadyThere> {
	const { transport, destination, random, cancel, tell } = opener
	const notice = (message: string): void => tell({ event: 'notice', message })
	return openDownload(spec, { transport, destination, random, lease, cancel, notice, ...manner })
}

/** Throws the error where asking again is not worth it. */
function delayBeforeRetry(
	error: unknown,
	attempt: number,
	spec: DownloadSpec,
	{ cancel, clock, governor, random, tell }: Opener,
): number {
	if (cancel.cancelled) throw cancel.reason
	if (!isDownloadError(error)) throw error
	const failure = failureOf(error, clock)
	if (asksToWait(failure)) governor.askedToWait(spec.url.host, failure.retryAfterMs)
	const decision = decideRetry(failure, { retries: spec.retries }, attempt, random)
	if (decision.kind === 'give-up') throw error
	tell({ event: 'retry', code: error.code, delayMs: decision.delayMs, attempt, message: error.message })
	return decision.delayMs
}
