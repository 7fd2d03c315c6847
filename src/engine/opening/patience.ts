import { type Cancel, orCancelled } from '../../base/abort.ts'
import { isDownloadError } from '../../base/errors.ts'
import { mayHaveExpired } from '../../control/after-failure.ts'
import { isOfTheSource } from '../../control/mirror-ranking.ts'
import { asksToWait, decideRetry } from '../../control/retry.ts'
import type { AlreadyThere } from '../../destination/contract.ts'
import type { Digest } from '../../model/digest.ts'
import type { NoticeEvent, RetryEvent } from '../events.ts'
import { failureOf } from '../failure.ts'
import { renewedBy } from '../lanes/locator.ts'
import type { Address } from '../sources/address.ts'
import { noticeOfLeftOut } from '../sources/left-out.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
import { openDownload } from './opening.ts'

/** With what a download is opened. */
export interface Opener extends Omit<EngineDeps, 'cpuMs'> {
	readonly cancel: Cancel
	readonly tell: (event: RetryEvent | NoticeEvent) => void
}

/** How an opening differs from the first one of a run. */
export interface Manner extends Pick<OpeningDeps, 'ranged' | 'anew' | 'only' | 'alone'> {
	/** What a source has sent that was begun with before. */
	readonly told: { readonly by: number; readonly digests: readonly Digest[] } | undefined
	/** Any of which will do: asked in this order, each as often as the others. */
	readonly addresses: readonly Address[]
}

/** An address, and how it has done. */
interface Candidate {
	readonly address: Address
	/** Where it is by what the caller's function found; undefined until that was asked. */
	readonly renewedAt: URL | undefined
	readonly failures: number
	readonly notBeforeMs: number
}

/** Opens a download, asking again for as long as that is worth it; while one address has to wait, another is asked. */
export async function openPatiently(spec: DownloadSpec, opener: Opener, manner: Manner): Promise<Begun | AlreadyThere> {
	let candidates: readonly Candidate[] = manner.addresses.map(address => ({
		...{ address, renewedAt: undefined, failures: 0, notBeforeMs: 0 },
	}))
	for (;;) {
		const next = candidates.reduce((soonest, other) => (other.notBeforeMs < soonest.notBeforeMs ? other : soonest))
		await opener.clock.sleep(Math.max(0, next.notBeforeMs - opener.clock.now()), opener.cancel)
		if (opener.cancel.cancelled) throw opener.cancel.reason
		const others = candidates.filter(other => other !== next)
		try {
			return await openAt(next, spec, opener, manner)
		} catch (error) {
			const again = await afterFailure(error, next, spec, opener, others.length > 0)
			// At the end of its row, so that each is asked as often as the others.
			candidates = again === undefined ? others : [...others, again]
		}
	}
}

async function openAt(
	{ address, renewedAt }: Candidate,
	spec: DownloadSpec,
	opener: Opener,
	manner: Manner,
): Promise<Begun | AlreadyThere> {
	const { governor, cancel, tell } = opener
	const { told } = manner
	const known = told === undefined || told.by === address.index ? [] : told.digests
	const at = renewedAt ?? address.url
	const lease = await governor.acquire(at.host, cancel)
	const notice = (message: string): void => tell({ event: 'notice', message })
	const deps = { ...opener, ...manner, lease, notice, address, at, known }
	try {
		const begun = await openDownload(spec, deps)
		if (begun.kind === 'already-there') lease.release()
		return begun
	} catch (error) {
		lease.release()
		throw error
	}
}

/** What to do with a candidate that failed; undefined where it is not asked again. Throws the error where nobody is left to ask. */
async function afterFailure(
	error: unknown,
	failed: Candidate,
	spec: DownloadSpec,
	opener: Opener,
	hasOthers: boolean,
): Promise<Candidate | undefined> {
	const { cancel, clock } = opener
	const { renew, url } = failed.address
	// Before anything came, whoever gave the link can tell where the file is by now.
	const hasExpired = isDownloadError(error) && mayHaveExpired(failureOf(error, clock).status)
	const mayRenew = hasExpired && failed.renewedAt === undefined && !cancel.cancelled
	if (renew === undefined || !mayRenew) return judge(error, failed, spec, opener, hasOthers)
	try {
		return { ...failed, renewedAt: await orCancelled(renewedBy(renew, url), cancel) }
	} catch (noOther) {
		return judge(noOther, failed, spec, opener, hasOthers)
	}
}

/** What to do with it where it is not to be found elsewhere. */
function judge(
	error: unknown,
	failed: Candidate,
	spec: DownloadSpec,
	{ cancel, clock, governor, random, tell }: Opener,
	hasOthers: boolean,
): Candidate | undefined {
	if (cancel.cancelled) throw cancel.reason
	if (!isDownloadError(error)) throw error
	const { url } = failed.address
	const attempt = failed.failures + 1
	const failure = failureOf(error, clock)
	if (asksToWait(failure)) governor.askedToWait((failed.renewedAt ?? url).host, failure.retryAfterMs)
	const decision = decideRetry(failure, { retries: spec.retries }, attempt, random)
	if (decision.kind === 'retry') {
		const { delayMs } = decision
		tell({ event: 'retry', code: error.code, delayMs, attempt, message: error.message })
		return { ...failed, failures: attempt, notBeforeMs: clock.now() + delayMs }
	}
	if (!hasOthers || !isOfTheSource(error.code)) throw error
	tell(noticeOfLeftOut(url, error))
	return undefined
}
