import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type HedgeRules, hedgeBudgetBytes, hedgePatienceMs, planHedge, type Racer } from '../../src/control/hedge.ts'
import type { Thief } from '../../src/control/split.ts'

const MB = 1_000_000
const fresh: Thief = { bytesPerSecond: MB, delayMs: 100 }
const rules: HedgeRules = { budgetBytes: MB, memoryBytes: MB }
const racer = (facts: Partial<Racer> = {}): Racer => ({
	position: 0,
	end: 100_000,
	bytesPerSecond: 25_000,
	silentMs: 0,
	...facts,
})

describe('a hedge', () => {
	test.each<[string, Partial<Racer>, Partial<Thief>, Partial<HedgeRules>, boolean]>([
		['of a lane that is far slower', {}, {}, {}, true],
		['of a lane as fast as any', { bytesPerSecond: MB }, {}, {}, false],
		['of one that needs twice as long as a fresh request', { bytesPerSecond: 250_000 }, {}, {}, false],
		['of one that needs longer still', { bytesPerSecond: 240_000 }, {}, {}, true],
		['for a gain that no request is worth', { end: 100, bytesPerSecond: 700 }, { delayMs: 1 }, {}, false],
		['of a fast lane that has fallen silent', { bytesPerSecond: MB, silentMs: 400 }, {}, {}, true],
		['of a fast lane that was silent for a moment', { bytesPerSecond: MB, silentMs: 250 }, {}, {}, false],
		['of a lane that waits for its head as others do', { bytesPerSecond: undefined, silentMs: 100 }, {}, {}, false],
		['of a lane whose head does not come', { bytesPerSecond: undefined, silentMs: 1000 }, {}, {}, true],
		['of a lane that has stopped', { bytesPerSecond: 0 }, {}, {}, true],
		['of nothing', { end: 0 }, {}, {}, false],
		['where nobody has shown how fast a fresh one is', {}, { bytesPerSecond: undefined }, {}, false],
		['where nobody has shown anything', { bytesPerSecond: undefined }, { bytesPerSecond: undefined }, {}, false],
		['of what just fits in the budget', {}, {}, { budgetBytes: 100_000 }, true],
		['of more than may be asked for twice', {}, {}, { budgetBytes: 99_999 }, false],
		['of more than can be held', {}, {}, { memoryBytes: 99_999 }, false],
	])('%s', (_, raced, by, given, expected) => {
		const lane = racer(raced)
		expect(planHedge([lane], { ...fresh, ...by }, { ...rules, ...given })).toBe(expected ? lane : undefined)
	})

	test('is of the one that would finish last', () => {
		const slow = racer()
		const slower = racer({ bytesPerSecond: 10_000 })
		expect(planHedge([slow, slower], fresh, rules)).toBe(slower)
		expect(planHedge([slower, slow], fresh, rules)).toBe(slower)
	})

	test('is never of more than the budget or the memory, nor of one that a fresh request would not beat by far', () => {
		const anyRacer = fc
			.record({
				position: fc.nat(50 * MB),
				left: fc.nat(2 * MB),
				bytesPerSecond: fc.option(fc.nat(20 * MB), { nil: undefined }),
				silentMs: fc.nat(20_000),
			})
			.map(({ position, left, ...facts }) => ({ ...facts, position, end: position + left }))
		const anyFresh = fc.record({ bytesPerSecond: fc.integer({ min: 1, max: 20 * MB }), delayMs: fc.nat(3000) })
		const anyRules = fc.record<HedgeRules>({ budgetBytes: fc.nat(2 * MB), memoryBytes: fc.nat(2 * MB) })
		let hedges = 0
		fc.assert(
			fc.property(fc.array(anyRacer, { maxLength: 6 }), anyFresh, anyRules, (racers, by, given) => {
				const raced = planHedge(racers, by, given)
				if (raced === undefined) return
				hedges += 1
				const left = raced.end - raced.position
				expect(left).toBeGreaterThan(0)
				expect(left).toBeLessThanOrEqual(Math.min(given.budgetBytes, given.memoryBytes))
				const seconds = left / (raced.bytesPerSecond ?? by.bytesPerSecond) + raced.silentMs / 1000
				expect(seconds).toBeGreaterThan(2 * (by.delayMs / 1000 + left / by.bytesPerSecond))
			}),
			{ numRuns: 1000 },
		)
		expect(hedges).toBeGreaterThan(100)
	})

	test('has a fiftieth of the file to spend, and a block of a small one', () => {
		expect(hedgeBudgetBytes(64 * MB, 262_144)).toBe(1_280_000)
		expect(hedgeBudgetBytes(MB, 262_144)).toBe(262_144)
	})

	test('is given a second and three times what it should take', () => {
		expect(hedgePatienceMs(racer(), fresh)).toBe(1600)
	})
})
