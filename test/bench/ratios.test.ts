import { describe, expect, it } from 'vitest'
import { ratioOf, wordsOf } from '../../bench/ratios.ts'
import { overTheLargerOf } from '../../bench/scenarios/figures.ts'
import type { Run, Scenario } from '../../bench/scenarios/scenario.ts'
import { runsOf } from './runs.ts'

describe('the ratio of two programs', () => {
	const runs = [
		...runsOf('a:1', { wallMs: [10, 90, 20], cpuMs: [5, 5, 5], peakMB: [60, 60, 60] }),
		...runsOf('b:1', { wallMs: [20, 30, 80], cpuMs: [10, 20, 5] }),
	]

	it('is the median of the pairs, and not the ratio of the medians', () => {
		expect(ratioOf(runs, 'a:1', 'b:1', 'wall')).toMatchObject({ median: 0.5, pairs: [0.25, 0.5, 3] })
	})

	it('is of the cost that is asked for', () => {
		expect(ratioOf(runs, 'a:1', 'b:1', 'cpu')).toMatchObject({ median: 0.5, pairs: [0.25, 0.5, 1] })
	})

	it('is of runs of the same round, whatever order they ran in', () => {
		expect(ratioOf(runs.toReversed(), 'a:1', 'b:1', 'wall')?.pairs).toEqual([0.25, 0.5, 3])
	})

	it('leaves out a pair of which one failed', () => {
		const failing = runs.map((run): Run => (run.round === 1 ? { ...run, failure: 'exit 1' } : run))
		expect(ratioOf(failing, 'a:1', 'b:1', 'wall')?.pairs).toEqual([0.25, 0.5])
	})

	it('is not there where one was not measured', () => {
		expect(ratioOf(runs, 'a:1', 'b:1', 'memory')).toBeUndefined()
		expect(ratioOf(runs, 'a:1', 'c:1', 'wall')).toBeUndefined()
	})

	it.each<[readonly number[], string]>([
		[[0.4], '0.40'],
		[[0.375, 0.4, 1], '0.40 (0.38–1.00)'],
	])('%j reads %s', (pairs, words) => {
		expect(wordsOf({ contender: 'a:1', other: 'b:1', cost: 'wall', median: 0.4, pairs })).toBe(words)
	})
})

describe('the cost of two things that are done at once', () => {
	it('is held against the one of them that takes longer in the same round', () => {
		const runs = [
			...runsOf('both:1', { wallMs: [30, 40, 60] }),
			...runsOf('one:1', { wallMs: [10, 40, 20] }),
			...runsOf('other:1', { wallMs: [20, 20, 20] }),
		]
		const results = { scenario: {} as Scenario, of: (name: string) => runs.filter(run => run.contender === name) }
		expect(overTheLargerOf('both:1', 'one:1', 'other:1')(results)).toBe(1.5)
	})
})
