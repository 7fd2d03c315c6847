import { type Ratio, ratioOf } from './ratios.ts'
import type { Findings } from './report.ts'
import { type Guard, guards } from './scenarios/quick.ts'

/** Ratios by name, as they are committed. */
export type Baseline = Readonly<Record<string, number>>

/** A ratio that got worse by more than is allowed, or that could not be measured any more. */
export interface Fall {
	readonly name: string
	readonly committed: number
	readonly measured: number | undefined
}

/** A machine's noise, and a little more: single ratios of CPU swing by a quarter. */
const allowed = 1.35

/** What was measured of each ratio that is guarded; those without a right pair of runs are missing. */
export function measuredOf(all: readonly Findings[]): ReadonlyMap<string, Ratio> {
	const measured = new Map<string, Ratio>()
	for (const guard of guards) {
		const runs = all.find(({ scenario }) => scenario === guard.scenario)?.runs ?? []
		const ratio = ratioOf(runs, guard.contender, guard.other, guard.cost)
		if (ratio !== undefined) measured.set(nameOf(guard), ratio)
	}
	return measured
}

export function baselineOf(measured: ReadonlyMap<string, Ratio>): Baseline {
	return Object.fromEntries([...measured].map(([name, { median }]) => [name, Number(median.toFixed(3))]))
}

/** Holds what was measured against what is committed; what is better is no fall. */
export function fallsOf(measured: Baseline, committed: Baseline): Fall[] {
	return Object.entries(committed)
		.map(([name, ratio]) => ({ name, committed: ratio, measured: measured[name] }))
		.filter(({ committed, measured }) => measured === undefined || measured > committed * allowed)
}

export function lineOf({ name, committed, measured }: Fall): string {
	if (measured === undefined) return `${name}: was not measured, committed is ${committed}`
	return `${name}: ${measured}, committed is ${committed}: ${Math.round((measured / committed - 1) * 100)} % worse`
}

function nameOf({ scenario, contender, other, cost }: Guard): string {
	return `${scenario}: ${contender} over ${other}: ${cost}`
}
