import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
	afterRefusal,
	afterSuccess,
	allowedNow,
	type HostBudget,
	rememberedBudget,
	unknownBudget,
} from '../../src/control/host-budget.ts'

const refusedAt = (nowMs: number, working: number, retryAfterMs = 0) => ({ nowMs, working, retryAfterMs })

describe('a host that has refused nothing', () => {
	test('may have any number of connections, at any time', () => {
		expect(allowedNow(unknownBudget, 0)).toBe(Number.POSITIVE_INFINITY)
		expect(allowedNow(unknownBudget, 1e12)).toBe(Number.POSITIVE_INFINITY)
	})

	test('learns nothing from connections that it serves', () => {
		expect(afterSuccess(unknownBudget, 32, 1000)).toEqual(unknownBudget)
	})
})

describe('a host that refused a connection', () => {
	test.each<[string, number, number]>([
		['is held to what it served', 4, 4],
		['is held to one where it served one', 1, 1],
		['is still asked by one connection where it served none', 0, 1],
	])('%s', (_, working, cap) => {
		expect(allowedNow(afterRefusal(unknownBudget, refusedAt(1000, working)), 1000)).toBe(cap)
	})

	test('is asked for one more after three seconds, and not before', () => {
		const budget = afterRefusal(unknownBudget, refusedAt(1000, 4))
		expect(allowedNow(budget, 3999)).toBe(4)
		expect(allowedNow(budget, 4000)).toBe(5)
	})

	test('is asked for one more when it said it may be, where that is later', () => {
		const budget = afterRefusal(unknownBudget, refusedAt(1000, 4, 20_000))
		expect(allowedNow(budget, 20_999)).toBe(4)
		expect(allowedNow(budget, 21_000)).toBe(5)
	})

	test('is asked ever more seldom while it refuses, but at least every minute', () => {
		let budget: HostBudget = unknownBudget
		const waits: number[] = []
		for (let nowMs = 0; waits.length < 7; nowMs = budget.tryMoreAtMs) {
			budget = afterRefusal(budget, refusedAt(nowMs, 4))
			waits.push(budget.tryMoreAtMs - nowMs)
		}
		expect(waits).toEqual([3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000])
	})

	test('has refused once where it refused many connections that were opened together', () => {
		let budget: HostBudget = unknownBudget
		for (const nowMs of [1000, 1001, 1002, 1050]) budget = afterRefusal(budget, refusedAt(nowMs, 2))
		expect(allowedNow(budget, 3999)).toBe(2)
		expect(allowedNow(budget, 4000)).toBe(3)
	})

	test('is left alone for as long as any of its answers asked', () => {
		const first = afterRefusal(unknownBudget, refusedAt(1000, 2, 30_000))
		const second = afterRefusal(first, refusedAt(1010, 2))
		expect(allowedNow(second, 30_999)).toBe(2)
		expect(allowedNow(second, 31_000)).toBe(3)
	})

	test('never has its cap raised by a refusal', () => {
		const budget = afterRefusal(unknownBudget, refusedAt(0, 2))
		expect(allowedNow(afterRefusal(budget, refusedAt(10, 8)), 10)).toBe(2)
	})
})

describe('a host that serves one connection more than it was held to', () => {
	const held = afterRefusal(unknownBudget, refusedAt(0, 4))

	test('is held to that, and asked for two more after the first wait: the refusal has passed', () => {
		const budget = afterSuccess(held, 5, 3000)
		expect(allowedNow(budget, 5999)).toBe(5)
		expect(allowedNow(budget, 6000)).toBe(7)
		expect(allowedNow(afterSuccess(budget, 7, 6000), 9000)).toBe(11)
		expect(allowedNow(afterRefusal(budget, refusedAt(6000, 5)), 9000)).toBe(6)
	})

	test('is not asked for more before all of a try is served', () => {
		const budget = afterSuccess(held, 5, 3000)
		expect(afterSuccess(budget, 6, 6000)).toEqual(budget)
		expect(allowedNow(afterRefusal(budget, refusedAt(6000, 6)), 6000)).toBe(5)
	})

	test('is asked for one more where it refuses again before that', () => {
		const budget = afterRefusal(afterSuccess(held, 5, 3000), refusedAt(3500, 5))
		expect(allowedNow(budget, 6000)).toBe(6)
	})

	test('before it was asked for more shows only what was under way when it refused', () => {
		const budget = afterSuccess(held, 6, 1000)
		expect(allowedNow(budget, 2999)).toBe(6)
		expect(allowedNow(budget, 3000)).toBe(7)
	})

	test('is still left alone for as long as it asked', () => {
		const asked = afterRefusal(unknownBudget, refusedAt(0, 4, 120_000))
		const budget = afterSuccess(asked, 5, 1000)
		expect(allowedNow(budget, 119_999)).toBe(5)
		expect(allowedNow(budget, 120_000)).toBe(6)
	})

	test('has shown nothing new while it serves what it was held to', () => {
		expect(afterSuccess(held, 4, 1000)).toEqual(held)
		expect(afterSuccess(held, 1, 1000)).toEqual(held)
	})
})

test('a host that is remembered is asked for no more than it took before, for the first three seconds', () => {
	const budget = rememberedBudget(4, 1000)
	expect(allowedNow(budget, 3999)).toBe(4)
	expect(allowedNow(budget, 4000)).toBe(5)
})

test('whatever a host does, one connection is allowed, and at most twice as many as it ever served', () => {
	const happening = fc.record({
		kind: fc.constantFrom('refused', 'served'),
		afterMs: fc.integer({ min: 0, max: 100_000 }),
		working: fc.integer({ min: 0, max: 8 }),
		retryAfterMs: fc.constantFrom(0, 500, 120_000),
	})
	fc.assert(
		fc.property(fc.array(happening, { minLength: 1 }), happenings => {
			let budget: HostBudget = unknownBudget
			let nowMs = 0
			let leaveAloneUntilMs = 0
			let refusals = 0
			for (const { kind, afterMs, working, retryAfterMs } of happenings) {
				nowMs += afterMs
				if (kind === 'refused') {
					budget = afterRefusal(budget, refusedAt(nowMs, working, retryAfterMs))
					leaveAloneUntilMs = Math.max(leaveAloneUntilMs, nowMs + retryAfterMs)
					refusals += 1
				} else budget = afterSuccess(budget, working, nowMs)
				const allowed = allowedNow(budget, nowMs)
				expect(allowed).toBeGreaterThanOrEqual(1)
				if (refusals === 0) continue
				expect(allowed).toBeLessThanOrEqual(16)
				expect(allowedNow(budget, budget.tryMoreAtMs)).toBeGreaterThan(budget.cap)
				expect(allowedNow(budget, budget.tryMoreAtMs)).toBeLessThanOrEqual(2 * budget.cap)
				expect(budget.tryMoreAtMs).toBeGreaterThanOrEqual(leaveAloneUntilMs)
				expect(budget.tryMoreAtMs).toBeLessThanOrEqual(Math.max(nowMs + 60_000, leaveAloneUntilMs))
			}
		}),
	)
})
