import type { ErrorCode } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { backoffMs } from './backoff.ts'

/** What a failed attempt was, as far as the decision needs it. */
export interface Failure {
	readonly code: ErrorCode
	/** The status, where a server answered with one. */
	readonly status?: number | undefined
	/** What a Retry-After field asked for; undefined where there was none that can be read. */
	readonly retryAfterMs?: number | undefined
}

export interface RetryPolicy {
	/** Failures in a row without a new byte that are made good; one more gives up. */
	readonly retries: number
}

export type RetryDecision =
	| { readonly kind: 'retry'; readonly delayMs: number }
	| { readonly kind: 'give-up'; readonly why: 'permanent' | 'limit-reached' | 'asked-to-wait-too-long' }

/** Whether a failure is worth another attempt, and why; `docs/design/retry.md` is made from the two tables below. */
export interface RetryRule {
	/** `few`: as often as something that chance can mend deserves, whatever the policy says. */
	readonly again: 'always' | 'few' | 'never'
	readonly why: string
}

const few = 3
/** A server that wants to be left alone for longer is reported rather than waited for. */
export const longestRetryAfterMs = 3_600_000

/** Whether the server has too much to do, and says for how long: that concerns everyone who asks it. */
export function asksToWait(failure: Failure): failure is Failure & { readonly retryAfterMs: number } {
	return (failure.status === 429 || failure.status === 503) && (failure.retryAfterMs ?? 0) > 0
}

/** Whether a status that is no success may be of the moment: asked again, the server may answer otherwise. */
export function mayPass(status: number): boolean {
	return ruleForStatus(status) !== undefined
}

/**
 * Decides whether to ask again after `attempt` failures in a row without a new byte (1 = the first), and when.
 *
 * 401, 403 and 407 are permanent here: whether one is a cap or an expired link, the engine knows before it asks.
 */
export function decideRetry(failure: Failure, policy: RetryPolicy, attempt: number, random: Random): RetryDecision {
	const rule = ruleFor(failure)
	if (rule.again === 'never') return { kind: 'give-up', why: 'permanent' }
	const { retryAfterMs = 0 } = failure
	if (retryAfterMs > longestRetryAfterMs) return { kind: 'give-up', why: 'asked-to-wait-too-long' }
	const limit = rule.again === 'few' ? Math.min(few, policy.retries) : policy.retries
	if (attempt > limit) return { kind: 'give-up', why: 'limit-reached' }
	// "Retry-After: 0" and a date that is past do not say when, and must not become a tight loop.
	return { kind: 'retry', delayMs: retryAfterMs > 0 ? retryAfterMs : backoffMs(attempt, random) }
}

function ruleFor(failure: Failure): RetryRule {
	if (failure.code !== 'E_HTTP_STATUS') return retryByCode[failure.code]
	const { status = 0 } = failure
	return ruleForStatus(status) ?? retryByCode.E_HTTP_STATUS
}

function ruleForStatus(status: number): StatusRule | undefined {
	return retryByStatus.find(rule => rule.from <= status && status <= rule.to)
}

export const retryByCode: Readonly<Record<ErrorCode, RetryRule>> = {
	E_INTERNAL: { again: 'never', why: 'a fault of ours does not mend itself' },
	E_USAGE: { again: 'never', why: 'the request itself is wrong' },
	E_NETWORK: { again: 'always', why: 'names, routes and connections come back' },
	E_HTTP_STATUS: { again: 'never', why: 'the server said no, and will again; the exceptions are listed by status' },
	E_TIMEOUT: { again: 'always', why: 'a connect that took too long may not the next time' },
	E_STALLED: { again: 'always', why: 'another connection may deliver' },
	E_CHANGED: { again: 'never', why: 'starting over is for the engine, and bounded there' },
	E_CHECKSUM: { again: 'never', why: 'every byte was the one that the server sent' },
	E_NO_SPACE: { again: 'never', why: 'somebody has to make room' },
	E_IO: { again: 'never', why: 'the disk, not the network' },
	E_EXISTS: { again: 'never', why: 'the target is taken' },
	E_LOCKED: { again: 'never', why: 'another process holds the target' },
	E_UNSAFE_NAME: { again: 'never', why: 'the request itself is wrong' },
	E_TLS: { again: 'never', why: 'a certificate that is refused is refused again; asking on would hide an attack' },
	E_AUTH: { again: 'never', why: 'the same credentials get the same answer' },
	E_PROTOCOL: { again: 'few', why: 'one broken node behind a name is common, a whole broken service is not' },
	E_TRUNCATED: { again: 'always', why: 'what came counts, the rest is asked for' },
	E_TOO_LARGE: { again: 'never', why: 'more than was allowed' },
	E_REDIRECT: { again: 'never', why: 'a loop or a refused hop stays one' },
	E_ABORTED: { again: 'never', why: 'the caller wants it to stop' },
}

export interface StatusRule extends RetryRule {
	readonly from: number
	readonly to: number
}

/** Statuses that are worth another attempt; every other one is not. */
export const retryByStatus: readonly StatusRule[] = [
	{ from: 408, to: 408, again: 'always', why: 'the server waited too long for our request (RFC 9110 §15.5.9)' },
	{ from: 421, to: 421, again: 'always', why: 'another connection may be the right one (RFC 9110 §15.5.20)' },
	{ from: 425, to: 425, again: 'always', why: 'too early (RFC 8470 §5.2)' },
	{ from: 429, to: 429, again: 'always', why: 'too many requests (RFC 6585 §4)' },
	{ from: 500, to: 500, again: 'always', why: 'often one node, or one moment' },
	{ from: 502, to: 504, again: 'always', why: 'a gateway, an overload: both pass' },
	{ from: 520, to: 529, again: 'always', why: 'a content network that did not reach its origin' },
]
