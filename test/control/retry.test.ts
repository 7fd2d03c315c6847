import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/base/errors.ts'
import { backoffMs } from '../../src/control/backoff.ts'
import {
	asksToWait,
	decideRetry,
	longestRetryAfterMs,
	mayPass,
	retryByCode,
	retryByStatus,
} from '../../src/control/retry.ts'
import { parseRetryAfter } from '../../src/control/retry-after.ts'

const policy = { retries: 8 }
const half = (): number => 0.5

describe('the wait before the nth attempt', () => {
	test.each([
		[1, 500],
		[2, 1000],
		[3, 2000],
		[6, 16_000],
		[7, 30_000],
		[100, 30_000],
		[5000, 30_000],
	])('n = %i is any time below %i ms', (attempt, ceilingMs) => {
		expect(backoffMs(attempt, () => 0)).toBe(0)
		expect(backoffMs(attempt, half)).toBe(ceilingMs / 2)
		expect(backoffMs(attempt, () => 1 - Number.EPSILON)).toBeLessThan(ceilingMs)
	})
})

describe('Retry-After', () => {
	const wallMs = Date.UTC(1994, 10, 6, 8, 49, 0)
	test.each([
		['0', 0],
		['120', 120_000],
		['007', 7000],
		['10000000000', 1e13],
		['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
		['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
		['Sun Nov  6 08:49:37 1994', 37_000],
		['Sun, 06 Nov 1994 08:48:00 GMT', 0],
		['Thu, 01 Jan 1970 00:00:00 GMT', 0],
	])('%j asks for %i ms', (value, expected) => {
		expect(parseRetryAfter(value, wallMs)).toBe(expected)
	})

	test.each([
		'',
		'-5',
		'+5',
		'1.5',
		'1e3',
		'NaN',
		'Infinity',
		'0x10',
		' 5',
		'5 ',
		'5s',
		'5, 6',
		'soon',
		'1994-11-06T08:49:37Z',
		'06 Nov 1994 08:49:37 GMT',
		'Sun, 06 Nov 1994 08:49:37 +0000',
		'Sun, 31 Apr 1994 08:49:37 GMT',
		'Sun, 06 Nov 1994 24:00:00 GMT',
		'sun, 06 nov 1994 08:49:37 gmt',
	])('%j says nothing', value => {
		expect(parseRetryAfter(value, wallMs)).toBeUndefined()
	})

	test('a number of any length is a number', () => {
		expect(parseRetryAfter('9'.repeat(400), wallMs)).toBe(Number.MAX_SAFE_INTEGER)
	})

	test('no text makes it throw or answer with less than nothing', () => {
		fc.assert(fc.property(fc.string(), text => (parseRetryAfter(text, wallMs) ?? 0) >= 0))
	})
})

describe('whether to ask again', () => {
	test('a status may pass where it is asked for again', () => {
		expect([403, 404, 429, 503].map(mayPass)).toEqual([false, false, true, true])
	})

	const retryable = ['E_NETWORK', 'E_TIMEOUT', 'E_STALLED', 'E_TRUNCATED', 'E_PROTOCOL']
	test.each(errorCodes)('%s is asked again only if time or another connection may mend it', code => {
		expect(decideRetry({ code }, policy, 1, half).kind).toBe(retryable.includes(code) ? 'retry' : 'give-up')
	})

	test.each([408, 421, 425, 429, 500, 502, 503, 504, 520, 524, 529])('status %i passes', status => {
		const decision = decideRetry({ code: 'E_HTTP_STATUS', status }, policy, 2, half)
		expect(decision).toEqual({ kind: 'retry', delayMs: 500 })
	})

	test.each([400, 401, 403, 404, 405, 407, 409, 410, 416, 451, 501, 505, 519, 530])('status %i stays', status => {
		const decision = decideRetry({ code: 'E_HTTP_STATUS', status, retryAfterMs: 1 }, policy, 1, half)
		expect(decision).toEqual({ kind: 'give-up', why: 'permanent' })
	})

	test('an answer of no status that is known stays', () => {
		expect(decideRetry({ code: 'E_HTTP_STATUS' }, policy, 1, half)).toEqual({ kind: 'give-up', why: 'permanent' })
	})

	test('the last allowed failure is made good, the next one is not', () => {
		const failure = { code: 'E_NETWORK' } as const
		expect(decideRetry(failure, { retries: 2 }, 2, half).kind).toBe('retry')
		expect(decideRetry(failure, { retries: 2 }, 3, half)).toEqual({ kind: 'give-up', why: 'limit-reached' })
		expect(decideRetry(failure, { retries: 0 }, 1, half)).toEqual({ kind: 'give-up', why: 'limit-reached' })
	})

	test('a server that breaks the protocol is asked a few times, however many are allowed', () => {
		const failure = { code: 'E_PROTOCOL' } as const
		const asked = Array.from({ length: 8 }, (_, index) => decideRetry(failure, policy, index + 1, half).kind)
		expect(asked.filter(kind => kind === 'retry')).toHaveLength(3)
		expect(decideRetry(failure, { retries: 1 }, 2, half)).toEqual({ kind: 'give-up', why: 'limit-reached' })
	})

	test('Retry-After is obeyed to the millisecond, up to an hour', () => {
		const asking = (retryAfterMs: number) =>
			decideRetry({ code: 'E_HTTP_STATUS', status: 503, retryAfterMs }, policy, 1, half)
		expect(asking(1)).toEqual({ kind: 'retry', delayMs: 1 })
		expect(asking(7000)).toEqual({ kind: 'retry', delayMs: 7000 })
		expect(asking(longestRetryAfterMs)).toEqual({ kind: 'retry', delayMs: longestRetryAfterMs })
		expect(asking(longestRetryAfterMs + 1)).toEqual({ kind: 'give-up', why: 'asked-to-wait-too-long' })
	})

	test('a Retry-After that is over already is no leave to ask in a tight loop', () => {
		const failure = { code: 'E_HTTP_STATUS', status: 503, retryAfterMs: 0 } as const
		expect(decideRetry(failure, policy, 1, half)).toEqual({ kind: 'retry', delayMs: 250 })
	})
})

test.each([
	['429 with Retry-After', { status: 429, retryAfterMs: 1000 }, true],
	['503 with Retry-After', { status: 503, retryAfterMs: 1000 }, true],
	['503 without', { status: 503 }, false],
	['503 that says at once', { status: 503, retryAfterMs: 0 }, false],
	['301 with Retry-After', { status: 301, retryAfterMs: 1000 }, false],
])('%s: whether everyone is asked to wait', (_, answer, asks) => {
	expect(asksToWait({ code: 'E_HTTP_STATUS', ...answer })).toBe(asks)
})

test('the documentation holds the tables by which it is decided', () => {
	const page = readFileSync(new URL('../../docs/design/retry.md', import.meta.url), 'utf8')
	for (const [code, rule] of Object.entries(retryByCode))
		expect(page).toContain(`| ${code} | ${rule.again} | ${rule.why} |`)
	for (const { from, to, again, why } of retryByStatus) {
		expect(page).toContain(`| ${from === to ? from : `${from}–${to}`} | ${again} | ${why} |`)
	}
})
