import type { Tally } from '../origin/spec.ts'
import { MB } from './contenders.ts'
import type { Claim, ContenderName, Results, Run } from './scenario.ts'

type Figure = (results: Results) => number

/** Median of wall time over the scenario's ideal. */
export function overIdeal(contender: ContenderName): Figure {
	return results => median(results.of(contender).map(run => run.wallMs)) / idealOf(results)
}

/** Median of wall time beyond the scenario's ideal, in seconds. */
export function secondsBeyondIdeal(contender: ContenderName): Figure {
	return results => (median(results.of(contender).map(run => run.wallMs)) - idealOf(results)) / 1000
}

export const wallOf = (run: Run): number => run.wallMs

/** NaN where it was not measured: nothing that is claimed of it holds. */
export const cpuOf = (run: Run): number => run.cpuMs ?? Number.NaN

export const peakMB = (run: Run): number => (run.peakBytes ?? Number.NaN) / MB

export const loopDelayP99Ms = (run: Run): number => run.loopDelayP99Ms ?? Number.NaN

/** Claims that one takes at most so much of another's wall time. */
export function wallRatio(contender: ContenderName, other: ContenderName, atMost: number): Claim {
	return ratio(contender, other, 'wall', wallOf, atMost)
}

/** The same of its CPU. */
export function cpuRatio(contender: ContenderName, other: ContenderName, atMost: number): Claim {
	return ratio(contender, other, 'cpu', cpuOf, atMost)
}

function ratio(
	contender: ContenderName,
	other: ContenderName,
	cost: string,
	costOf: (run: Run) => number,
	atMost: number,
): Claim {
	return {
		claim: `${contender} over ${other}: ${cost}`,
		about: [contender, other],
		figure: pairwise(contender, other, costOf),
		wanted: { atMost },
	}
}

/** Median of the ratios of a cost, each of two runs that were neighbours; of wall time unless told. */
export function pairwise(
	contender: ContenderName,
	other: ContenderName,
	costOf: (run: Run) => number = wallOf,
): Figure {
	return results => median(ratiosOf(results.of(contender), results.of(other), costOf))
}

/** Of each pair of neighbours. */
export function ratiosOf(runs: readonly Run[], others: readonly Run[], costOf: (run: Run) => number): number[] {
	return pairs(runs, others).map(([own, other]) => costOf(own) / costOf(other))
}

/** Median of the ratios of wall time, each over the larger of two that ran in the same round. */
export function overTheLargerOf(contender: ContenderName, one: ContenderName, other: ContenderName): Figure {
	return results => {
		const larger = pairs(results.of(one), results.of(other)).map(([a, b]) => (a.wallMs > b.wallMs ? a : b))
		return median(ratiosOf(results.of(contender), larger, wallOf))
	}
}

/** Median of the differences of wall time, each of two runs that were neighbours. */
export function millisecondsBeyond(contender: ContenderName, other: ContenderName): Figure {
	return results =>
		median(pairs(results.of(contender), results.of(other)).map(([own, others]) => own.wallMs - others.wallMs))
}

/** The same against that one of the others whose median is the best. */
export function againstBestOf(contender: ContenderName, others: readonly ContenderName[]): Figure {
	return results => {
		const wall = (name: ContenderName): number => median(results.of(name).map(run => run.wallMs))
		const [best = contender] = others.toSorted((a, b) => wall(a) - wall(b))
		return pairwise(contender, best)(results)
	}
}

/** The worst of something counted. */
export function worst(contender: ContenderName, count: (tally: Tally) => number): Figure {
	return results => Math.max(...results.of(contender).map(run => count(allOf(run))))
}

/** The worst of something that a run cost. */
export function worstRun(contender: ContenderName, costOf: (run: Run) => number): Figure {
	return results => Math.max(...results.of(contender).map(costOf))
}

/** The share of runs of which something is true. */
export function share(contender: ContenderName, holds: (run: Run) => boolean): Figure {
	return results => {
		const runs = results.of(contender)
		return runs.filter(holds).length / runs.length
	}
}

/** Of all sources of a run together. */
export function allOf({ tallies }: Run): Tally {
	const sum = (count: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + count(tally), 0)
	return {
		connections: sum(tally => tally.connections),
		connectionsPeak: sum(tally => tally.connectionsPeak),
		requests: sum(tally => tally.requests),
		turnedAway: sum(tally => tally.turnedAway),
		bytesSent: sum(tally => tally.bytesSent),
		answersReachedMs: tallies[0]?.answersReachedMs ?? [],
	}
}

/** NaN of nothing, so that a claim about it does not hold. */
export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b)
	const middle = sorted.length / 2
	const upper = sorted[Math.floor(middle)] ?? Number.NaN
	return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper
}

/** Runs of the same round. */
function pairs(runs: readonly Run[], others: readonly Run[]): [Run, Run][] {
	return runs.flatMap(run => {
		const neighbour = others.find(({ round }) => round === run.round)
		return neighbour === undefined ? [] : [[run, neighbour] satisfies [Run, Run]]
	})
}

function idealOf({ scenario }: Results): number {
	return scenario.idealMs ?? Number.NaN
}
