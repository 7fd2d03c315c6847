import { describe, expect, test } from 'vitest'
import {
	afterStep,
	afterTooFew,
	doubtLanes,
	fewerNever,
	type Halving,
	isEnough,
	isFarTooLittle,
} from '../../src/control/halving.ts'

const trial = { lanes: 8, bytesPerSecond: 1000, leastGain: 1.25 }
const step = (from: number, to: number, gain: number) => ({
	...{ from, to, paid: true },
	...{ beforeBytesPerSecond: 1000, afterBytesPerSecond: 1000 * gain },
})

describe('after lanes were kept', () => {
	test.each<[string, number, number, number, boolean]>([
		['a doubling that brought all is clear', 1, 2, 2, true],
		['one that brought three fifths is clear', 1, 2, 1.6, true],
		['one that brought less is in doubt', 1, 2, 1.59, false],
		['a fourfold step is clear by the same share', 2, 8, 2.8, true],
		['and in doubt below it', 2, 8, 2.79, false],
		['one under a ceiling is clear by what it could bring', 4, 6, 1.31, true],
	])('%s', (_, from, to, gain, clear) => {
		expect(afterStep(fewerNever, step(from, to, gain), 5000).atMs).toBe(clear ? 65_000 : 5000)
	})
})

test('lanes that help are left alone for ever longer, a quarter of an hour at the most, until others are kept', () => {
	let halving: Halving = doubtLanes(fewerNever, 0)
	const waits: number[] = []
	for (let nowMs = 0; waits.length < 6; nowMs = halving.atMs) {
		halving = afterTooFew(halving, nowMs)
		waits.push((halving.atMs - nowMs) / 1000)
	}
	expect(waits).toEqual([60, 120, 240, 480, 960, 960])
	expect(doubtLanes(halving, 7)).toEqual({ atMs: 7, waitMs: 960_000 })
	expect(afterStep(halving, step(1, 2, 2), 0).waitMs).toBe(60_000)
})

test.each<[number, boolean, boolean]>([
	[1100, true, false],
	[900, true, false],
	[899, false, false],
	[800, false, false],
	[799, false, true],
])('of 1000 with all lanes, %i with half are enough: %s, and far too little: %s', (half, enough, far) => {
	expect(isEnough(trial, half)).toBe(enough)
	expect(isFarTooLittle(trial, half)).toBe(far)
})
