import { describe, expect, it } from 'vitest'
import { judge } from '../../bench/judge.ts'
import { contenders } from '../../bench/scenarios/contenders.ts'
import { againstBestOf, overIdeal, pairwise, share, worst } from '../../bench/scenarios/figures.ts'
import type { Claim, Run, Scenario } from '../../bench/scenarios/scenario.ts'

const claim = { claim: 'it is quick', about: ['a:1'], figure: overIdeal('a:1'), wanted: { atMost: 1.35 } }

describe('a claim', () => {
	it.each<[string, readonly Run[], Claim, string, number | null]>([
		['holds at its bound', walls('a:1', 1350), claim, 'held', 1.35],
		['does not hold beyond it', walls('a:1', 1351), claim, 'not held', 1.351],
		['is about the median', walls('a:1', 1000, 1100, 9000), claim, 'held', 1.1],
		['does not hold where a run failed', [...walls('a:1', 1), broken('a:1')], claim, 'not held', null],
		['is not judged where nobody ran', walls('b:1', 1000), claim, 'not run', null],
		[
			'compares neighbours',
			[...walls('a:1', 1, 9, 4), ...walls('b:1', 2, 3, 4)],
			ratio(pairwise('a:1', 'b:1')),
			'held',
			1,
		],
		[
			'compares with the best of several',
			[...walls('a:1', 6, 6), ...walls('b:1', 9, 9), ...walls('b:2', 5, 5)],
			ratio(againstBestOf('a:1', ['b:1', 'b:2'])),
			'held',
			1.2,
		],
		[
			'counts the worst',
			walls('a:1', 1, 2),
			{ ...claim, figure: worst('a:1', tally => tally.requests) },
			'not held',
			7,
		],
		[
			'counts the share',
			walls('a:1', 1, 2, 3, 4),
			{ ...claim, figure: share('a:1', run => run.wallMs < 4), wanted: { atLeast: 0.95 } },
			'not held',
			0.75,
		],
	])('%s', (_, runs, one, outcome, figure) => {
		expect(judge(scenarioOf(one), runs)).toMatchObject([{ outcome, figure }])
	})
})

function ratio(figure: Claim['figure']): Claim {
	return { claim: 'no slower', about: ['a:1', 'b:1'], figure, wanted: { below: 1.3 } }
}

function scenarioOf(one: Claim): Scenario {
	return {
		name: 'x',
		about: 'x',
		origin: { bytes: 1 },
		idealMs: 1000,
		contenders: contenders('a:1', 'b:1', 'b:2'),
		claims: [one],
	}
}

function walls(contender: string, ...wallMs: readonly number[]): Run[] {
	return wallMs.map((ms, round) => ({
		contender,
		round,
		wallMs: ms,
		cpuMs: undefined,
		peakBytes: undefined,
		failure: undefined,
		tallies: [{ connections: 1, connectionsPeak: 1, requests: 7, turnedAway: 0, bytesSent: 1, answersReachedMs: [0] }],
		verdict: undefined,
	}))
}

function broken(contender: string): Run {
	const [run] = walls(contender, 1)
	if (run === undefined) throw new Error('One was asked for')
	return { ...run, failure: 'exit 0 with wrong bytes' }
}
