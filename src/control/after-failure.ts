import type { Random } from '../base/random.ts'
import { backoffMs } from './backoff.ts'
import { decideRetry, type Failure, type RetryPolicy } from './retry.ts'

/** Where a lane stood when its request failed. */
export interface Standing {
	/** Failures in a row without a new byte, this one included; 0 where the failed request brought some. */
	readonly attempt: number
	/** Other lanes receive: the line and the server are up. */
	readonly siblingsReceive: boolean
	/** New bytes that the failed request brought. */
	readonly newBytes: number
	/** The request failed before the first byte of its body. */
	readonly beforeFirstByte: boolean
	/** This download has had bytes from the address before. */
	readonly delivered: boolean
	/** There may be another address: going back to the first URL may lead to it, or another lane is there already. */
	readonly canRefresh: boolean
	/** The answer was a success that cannot be trusted as a part. */
	readonly refusedPart: boolean
}

export type AfterFailure =
	| { readonly kind: 'retry'; readonly delayMs: number }
	/** The server does not want this many connections: the lane is given back, and its bytes are free for others. */
	| { readonly kind: 'leave' }
	/** The address has expired: the next request goes by way of the first URL. */
	| { readonly kind: 'refresh' }
	| { readonly kind: 'give-up' }

/** Less than this costs more in requests than it brings. */
const worthAnotherAtOnceBytes = 64 * 1024

const expiredStatuses: ReadonlySet<number> = new Set([401, 403, 410])
const connectionCaps: ReadonlySet<number> = new Set([403, 429, 500, 502, 503, 509])

/**
 * Decides what a lane does after a failed request.
 *
 * 403 has three meanings: on an extra lane while siblings receive, a cap; again, an expired link; after a refresh, no.
 */
export function decideAfterFailure(
	failure: Failure,
	standing: Standing,
	policy: RetryPolicy,
	random: Random,
): AfterFailure {
	if (standing.attempt === 0) return goOn(failure, standing, policy, random)
	if (isCap(failure, standing)) return { kind: 'leave' }
	if (mayHaveExpired(failure.status) && standing.delivered && standing.canRefresh) return { kind: 'refresh' }
	return retry(failure, standing.attempt, policy, random)
}

/**
 * Progress was made: again at once, unless the server asks to wait or the failure is of a kind that no repetition mends.
 * A byte at a time is no progress worth a request without a breath.
 */
function goOn(failure: Failure, { newBytes }: Standing, policy: RetryPolicy, random: Random): AfterFailure {
	const again = retry(failure, 0, policy, () => 0)
	if (again.kind !== 'retry' || newBytes >= worthAnotherAtOnceBytes) return again
	return { kind: 'retry', delayMs: Math.max(again.delayMs, backoffMs(1, random)) }
}

function retry(failure: Failure, attempt: number, policy: RetryPolicy, random: Random): AfterFailure {
	const decision = decideRetry(failure, policy, attempt, random)
	return decision.kind === 'retry' ? decision : { kind: 'give-up' }
}

/** A link that has expired answers so; so does a server that allows no further connection (403). */
export function mayHaveExpired(status: number | undefined): boolean {
	return expiredStatuses.has(status ?? 0)
}

function isCap(failure: Failure, standing: Standing): boolean {
	if (!standing.siblingsReceive || !standing.beforeFirstByte) return false
	if (standing.refusedPart) return true
	if (failure.status !== undefined) return connectionCaps.has(failure.status)
	return failure.code === 'E_NETWORK' || failure.code === 'E_TIMEOUT' || failure.code === 'E_STALLED'
}
