import { cpuOf, median, peakMB, ratiosOf, wallOf } from './scenarios/figures.ts'
import type { ContenderName, Run } from './scenarios/scenario.ts'

export type Cost = 'wall' | 'cpu' | 'memory'

/** What one takes of what another takes: the median of pairs that ran in the same round, and all of them. */
export interface Ratio {
	readonly contender: ContenderName
	readonly other: ContenderName
	readonly cost: Cost
	readonly median: number
	/** From the least to the most. */
	readonly pairs: readonly number[]
}

const costs = { wall: wallOf, cpu: cpuOf, memory: peakMB }

/** Undefined where no pair of runs that ended right has both figures. */
export function ratioOf(
	runs: readonly Run[],
	contender: ContenderName,
	other: ContenderName,
	cost: Cost,
): Ratio | undefined {
	const right = (name: ContenderName): Run[] => runs.filter(run => run.contender === name && run.failure === undefined)
	const pairs = ratiosOf(right(contender), right(other), costs[cost]).filter(Number.isFinite)
	if (pairs.length === 0) return undefined
	return { contender, other, cost, median: median(pairs), pairs: pairs.toSorted((a, b) => a - b) }
}

/** `0.41 (0.38–0.45)` */
export function wordsOf({ median, pairs }: Ratio): string {
	const [least, most] = [pairs[0] ?? median, pairs.at(-1) ?? median]
	const spread = pairs.length === 1 ? '' : ` (${least.toFixed(2)}–${most.toFixed(2)})`
	return `${median.toFixed(2)}${spread}`
}
