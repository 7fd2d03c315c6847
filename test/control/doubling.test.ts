import { describe, expect, test } from 'vitest'
import {
	type Doubling,
	gainBeyondNoise,
	isDoubtful,
	isHalfTooMuch,
	judgeDoubling,
	nextFactor,
	type Trial,
} from '../../src/control/doubling.ts'
import type { Sample } from '../../src/control/goodput.ts'

const MB = 1_000_000
const trial = (lanes: number, facts: Partial<Trial> = {}): Trial => ({
	lanes,
	bytesPerSecond: lanes * MB,
	leastGain: 1.25,
	...facts,
})
const step = (from: number, to: number, gain: number, paid = true): Doubling => ({
	from,
	to,
	beforeBytesPerSecond: MB,
	afterBytesPerSecond: gain * MB,
	paid,
})

describe('more lanes', () => {
	test.each<[string, Trial, number, number, number, boolean]>([
		['pay with a quarter more', trial(4), 8, 5 * MB, 0, true],
		['do not pay with less', trial(4), 8, 5 * MB - 1, 0, false],
		['must bring more where goodput wavered', trial(4, { leastGain: 1.5 }), 8, 6 * MB - 1, 0, false],
		['and pay where they do', trial(4, { leastGain: 1.5 }), 8, 6 * MB, 0, true],
		['of less than half as many again pay with half of what they could bring', trial(4), 5, 4.5 * MB, 0, true],
		['and not with less than that', trial(4), 5, 4.5 * MB - 1, 0, false],
		['must together reach n^0.4 of the best that one alone held', trial(1), 32, 4 * MB, MB, true],
		['and do not pay where they do not', trial(1), 32, 4 * MB - 1, MB, false],
	])('%s', (_, given, to, after, single, paid) => {
		expect(judgeDoubling(given, to, after, single)).toEqual({
			from: given.lanes,
			to,
			beforeBytesPerSecond: given.bytesPerSecond,
			afterBytesPerSecond: after,
			paid,
		})
	})

	test.each<[number, number, boolean]>([
		[1.1, 1.25, false],
		[1.11, 1.25, true],
		[1.59, 1.25, true],
		[1.6, 1.25, false],
		[1.65, 1.7, true],
		[1.7, 1.7, false],
		[0.5, 1.25, false],
	])('that brought %d times as much, where %d was asked: in doubt: %s', (gain, leastGain, doubtful) => {
		expect(isDoubtful(trial(1, { leastGain }), 2, gain * MB)).toBe(doubtful)
	})
})

describe('the next step', () => {
	test.each<[string, Doubling | undefined, number]>([
		['is a doubling where there was none before', undefined, 2],
		['is fourfold after a doubling that brought all it could', step(1, 2, 2), 4],
		['is fourfold after one that brought nearly all', step(1, 2, 1.81), 4],
		['is a doubling after one that brought less', step(1, 2, 1.79), 2],
		['is a doubling after one that brought more than it could: that is noise', step(1, 2, 2.21), 2],
		['is fourfold after a fourfold one that brought all it could', step(2, 8, 4), 4],
		['is a doubling after one that did not pay', step(1, 2, 2, false), 2],
	])('%s', (_, last, factor) => {
		expect(nextFactor(last)).toBe(factor)
	})

	test.each<[string, Doubling, boolean]>([
		['a fourfold step that brought less than a doubling could', step(2, 8, 1.99), true],
		['a fourfold step that brought as much', step(2, 8, 2), false],
		['a threefold step, under a ceiling, that brought less', step(2, 6, 1.5), true],
		['a doubling, however little it brought', step(2, 4, 1.3), false],
	])('%s is half too much: %s', (_, last, tooMuch) => {
		expect(isHalfTooMuch(last)).toBe(tooMuch)
	})
})

describe('the gain to ask for', () => {
	/** Windows of 100 ms, each with so many kilobytes. */
	function after(windows: readonly number[]): number {
		let kilobytes = 0
		const history = [0, ...windows].map((came, index): Sample => {
			kilobytes += came
			const bytesReceived = kilobytes * 1000
			return { nowMs: index * 100, bytesReceived, lanes: [], headDelayMs: 0, bytesLeft: undefined, paused: false }
		})
		return gainBeyondNoise(history, 0, windows.length * 100, 100)
	}

	test.each<[string, readonly number[], number]>([
		['is a quarter where goodput was even', [100, 100, 100, 100], 1.25],
		['is a quarter where it wavered a little', [110, 90, 110, 90], 1.25],
		['is two standard deviations where it wavered more', [120, 80, 100], 1.4],
		['is never so much that a true doubling fails', [300, 10, 300, 10], 1.7],
		['is a quarter where too little was measured to tell', [300, 10], 1.25],
	])('%s', (_, windows, gain) => {
		expect(after(windows)).toBeCloseTo(gain, 9)
	})
})
