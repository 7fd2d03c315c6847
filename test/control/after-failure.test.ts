import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ErrorCode, errorCodes } from '../../src/base/errors.ts'
import { type AfterFailure, decideAfterFailure, type Standing } from '../../src/control/after-failure.ts'
import type { Failure } from '../../src/control/retry.ts'

/** A lane alone, at its first failure, before any byte. */
const alone: Standing = {
	attempt: 1,
	newBytes: 0,
	siblingsReceive: false,
	beforeFirstByte: true,
	delivered: false,
	canRefresh: false,
	refusedPart: false,
}
const extra: Standing = { ...alone, siblingsReceive: true, delivered: true }
const policy = { retries: 8 }
const half = (): number => 0.5

/** 401, 403 and 407 are told as a matter of who asks. */
const status = (status: number, retryAfterMs?: number): Failure => ({
	code: [401, 403, 407].includes(status) ? 'E_AUTH' : 'E_HTTP_STATUS',
	status,
	retryAfterMs,
})
const code = (code: ErrorCode): Failure => ({ code })

const decide = (failure: Failure, standing: Standing, retries = policy.retries): AfterFailure =>
	decideAfterFailure(failure, standing, { retries }, half)
const kind = (failure: Failure, standing: Standing): AfterFailure['kind'] => decide(failure, standing).kind

describe('403', () => {
	test('on an extra lane while siblings receive is a cap', () => {
		expect(decide(status(403), { ...extra, canRefresh: true })).toEqual({ kind: 'leave' })
	})

	test('where no sibling receives any more and bytes had come is an expired link', () => {
		expect(decide(status(403), { ...alone, delivered: true, canRefresh: true })).toEqual({ kind: 'refresh' })
	})

	test('after a refresh is the answer', () => {
		expect(decide(status(403), { ...alone, delivered: true, canRefresh: false })).toEqual({ kind: 'give-up' })
	})

	test('before any byte of the download is the answer', () => {
		expect(decide(status(403), { ...alone, canRefresh: true })).toEqual({ kind: 'give-up' })
	})
})

describe.each([401, 410])('%i', refusal => {
	test('is an expired link where bytes had come, whether siblings still receive or not', () => {
		for (const siblingsReceive of [true, false]) {
			const standing = { ...alone, delivered: true, canRefresh: true, siblingsReceive }
			expect(decide(status(refusal), standing)).toEqual({ kind: 'refresh' })
		}
	})

	test('is the answer before any byte, and after a refresh', () => {
		expect(kind(status(refusal), { ...alone, canRefresh: true })).toBe('give-up')
		expect(kind(status(refusal), { ...alone, delivered: true })).toBe('give-up')
	})
})

test.each<[string, Failure]>([
	['404', status(404)],
	['407', status(407)],
	['500', status(500)],
	['503', status(503)],
	['a cut connection', code('E_NETWORK')],
	['a broken answer', code('E_PROTOCOL')],
])('%s says nothing about the address: it is not asked for anew', (_, failure) => {
	expect(kind(failure, { ...alone, delivered: true, canRefresh: true })).not.toBe('refresh')
})

describe('a refusal of one connection more', () => {
	test.each([403, 429, 500, 502, 503, 509])('is %i while siblings receive', refused => {
		expect(kind(status(refused), extra)).toBe('leave')
	})

	test.each<ErrorCode>(['E_NETWORK', 'E_TIMEOUT', 'E_STALLED'])('is %s while siblings receive', refused => {
		expect(kind(code(refused), extra)).toBe('leave')
	})

	test('is a success that cannot be trusted as a part while siblings receive', () => {
		expect(kind(code('E_PROTOCOL'), { ...extra, refusedPart: true })).toBe('leave')
	})

	test.each<[string, Failure]>([
		['404', status(404)],
		['401', status(401)],
		['408', status(408)],
		['504', status(504)],
		['E_TLS', code('E_TLS')],
		['E_PROTOCOL', code('E_PROTOCOL')],
		['E_TRUNCATED', code('E_TRUNCATED')],
	])('is not %s', (_, failure) => {
		expect(kind(failure, extra)).not.toBe('leave')
	})

	test('is nothing that comes after the first byte', () => {
		expect(kind(code('E_NETWORK'), { ...extra, beforeFirstByte: false })).toBe('retry')
		expect(kind(code('E_PROTOCOL'), { ...extra, beforeFirstByte: false, refusedPart: true })).toBe('retry')
	})

	test('does not take the only lane away: what fails alone is tried again', () => {
		expect(kind(status(503), alone)).toBe('retry')
		expect(kind(status(429), alone)).toBe('retry')
		expect(kind(code('E_NETWORK'), alone)).toBe('retry')
		expect(kind(code('E_PROTOCOL'), { ...alone, refusedPart: true })).toBe('retry')
	})
})

describe('a request that brought new bytes and then failed', () => {
	const broughtSome: Standing = { ...extra, attempt: 0, newBytes: 64 * 1024, beforeFirstByte: false }

	test.each<ErrorCode>(['E_NETWORK', 'E_TRUNCATED', 'E_STALLED', 'E_PROTOCOL', 'E_TIMEOUT'])(
		'by %s is followed at once by the next, even where no retries are allowed',
		failed => {
			expect(decide(code(failed), broughtSome)).toEqual({ kind: 'retry', delayMs: 0 })
			expect(decide(code(failed), broughtSome, 0)).toEqual({ kind: 'retry', delayMs: 0 })
		},
	)

	test('waits for as long as it was asked to', () => {
		expect(decide({ code: 'E_NETWORK', retryAfterMs: 700 }, broughtSome)).toEqual({ kind: 'retry', delayMs: 700 })
	})

	test.each<ErrorCode>(['E_NO_SPACE', 'E_IO', 'E_TOO_LARGE', 'E_ABORTED', 'E_CHANGED', 'E_INTERNAL'])(
		'by %s is not followed by another: progress does not mend it',
		failed => {
			expect(decide(code(failed), broughtSome)).toEqual({ kind: 'give-up' })
		},
	)
})

describe('any other failure', () => {
	test('is tried again after a random time below a limit that doubles', () => {
		const delays = [1, 2, 3, 8].map(attempt => decide(code('E_NETWORK'), { ...alone, attempt }))
		expect(delays).toEqual([250, 500, 1000, 15_000].map(delayMs => ({ kind: 'retry', delayMs })))
	})

	test('waits for as long as the server asks', () => {
		expect(decide(status(503, 5000), alone)).toEqual({ kind: 'retry', delayMs: 5000 })
	})

	test('is given up after as many attempts without a new byte as are allowed', () => {
		expect(kind(code('E_NETWORK'), { ...alone, attempt: 8 })).toBe('retry')
		expect(kind(code('E_NETWORK'), { ...alone, attempt: 9 })).toBe('give-up')
		expect(decide(code('E_NETWORK'), alone, 0)).toEqual({ kind: 'give-up' })
	})

	test.each<Failure>([status(404), status(451), code('E_TLS'), code('E_REDIRECT'), code('E_IO')])(
		'that is permanent is given up at once: %j',
		failure => {
			expect(kind(failure, alone)).toBe('give-up')
			expect(kind(failure, extra)).toBe('give-up')
		},
	)
})

test('a failure that brought next to nothing is asked again after a breath, however often', () => {
	const trickle: Standing = { ...alone, attempt: 0, newBytes: 1, beforeFirstByte: false, delivered: true }
	expect(decide(code('E_NETWORK'), trickle, 0)).toEqual({ kind: 'retry', delayMs: 250 })
	expect(decide(code('E_NETWORK'), { ...trickle, newBytes: 64 * 1024 }, 0)).toEqual({ kind: 'retry', delayMs: 0 })
})

test('whatever fails, a lane leaves only while others receive, refreshes only where that may help, and ends at last', () => {
	const failures = fc.record({
		code: fc.constantFrom(...errorCodes),
		status: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
		retryAfterMs: fc.option(fc.integer({ min: 0, max: 10_000_000 }), { nil: undefined }),
	})
	const standings = fc.record<Standing>({
		attempt: fc.integer({ min: 0, max: 12 }),
		newBytes: fc.nat(200_000),
		siblingsReceive: fc.boolean(),
		beforeFirstByte: fc.boolean(),
		delivered: fc.boolean(),
		canRefresh: fc.boolean(),
		refusedPart: fc.boolean(),
	})
	fc.assert(
		fc.property(failures, standings, fc.integer({ min: 0, max: 10 }), (failure, standing, retries) => {
			const decision = decide(failure, standing, retries)
			if (decision.kind === 'leave') expect(standing.siblingsReceive && standing.beforeFirstByte).toBe(true)
			if (decision.kind === 'refresh') expect(standing.canRefresh && standing.delivered).toBe(true)
			if (decision.kind !== 'retry') return
			expect(standing.attempt).toBeLessThanOrEqual(retries)
			expect(decision.delayMs).toBeGreaterThanOrEqual(failure.retryAfterMs ?? 0)
			expect(decision.delayMs).toBeLessThanOrEqual(3_600_000)
		}),
		{ numRuns: 2000 },
	)
})
