import type { Random } from '../base/random.ts'
import { decideRetry, type Failure, type RetryPolicy } from './retry.ts'

/** Where a lane stood when its request failed. */
export interface Standing {
	/** Failures in a row without a new byte, this one included; 0 where the failed request brought some. */
	readonly attempt: number
	/** Other lanes receive: the line and the server are up. */
	readonly siblingsReceive: boolean
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

/** A link that has expired answers so; so does a server that allows no further connection (403). */
const perhapsExpired: ReadonlySet<number> = new Set([401, 403, 410])
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
	// Progress was made: again at once, unless the server asks to wait or the failure is of a kind that no repetition mends.
	if (standing.attempt === 0) return retry(failure, standing, policy, () => 0)
	if (isCap(failure, standing)) return { kind: 'leave' }
	if (perhapsExpired.has(failure.status ?? 0) && standing.delivered && standing.canRefresh) return { kind: 'refresh' }
	return retry(failure, standing, policy, random)
}

function retry(failure: Failure, standing: Standing, policy: RetryPolicy, random: Random): AfterFailure {
	const decision = decideRetry(failure, policy, standing.attempt, random)
	return decision.kind === 'retry' ? decision : { kind: 'give-up' }
}

function isCap(failure: Failure, standing: Standing): boolean {
	if (!standing.siblingsReceive || !standing.beforeFirstByte) return false
	if (standing.refusedPart) return true
	if (failure.status !== undefined) return connectionCaps.has(failure.status)
	return failure.code === 'E_NETWORK' || failure.code === 'E_TIMEOUT' || failure.code === 'E_STALLED'
}
