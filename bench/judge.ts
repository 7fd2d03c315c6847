import type { Claim, Results, Run, Scenario } from './scenarios/scenario.ts'

/** What came of a claim. */
export interface Judgement {
	readonly claim: string
	/** `not run`: somebody that it speaks of was not there. */
	readonly outcome: 'held' | 'not held' | 'not run'
	/** Null where a run of somebody that it speaks of failed. */
	readonly figure: number | null
	/** As it stands in a report: `<= 1.35`. */
	readonly wanted: string
}

/** Holds a scenario's claims against its runs. */
export function judge(scenario: Scenario, runs: readonly Run[]): Judgement[] {
	const results: Results = { scenario, of: contender => runs.filter(run => run.contender === contender) }
	return scenario.claims.map(claim => judgeOne(claim, results))
}

function judgeOne({ claim, about, figure, wanted }: Claim, results: Results): Judgement {
	const said = { claim, wanted: wordsOf(wanted) }
	const runs = about.map(contender => results.of(contender))
	if (runs.some(ofOne => ofOne.length === 0)) return { ...said, outcome: 'not run', figure: null }
	if (runs.flat().some(run => run.failure !== undefined)) return { ...said, outcome: 'not held', figure: null }
	const value = figure(results)
	return { ...said, outcome: isAsWanted(value, wanted) ? 'held' : 'not held', figure: value }
}

function isAsWanted(value: number, wanted: Claim['wanted']): boolean {
	if ('atMost' in wanted) return value <= wanted.atMost
	return 'below' in wanted ? value < wanted.below : value >= wanted.atLeast
}

function wordsOf(wanted: Claim['wanted']): string {
	if ('atMost' in wanted) return `<= ${short(wanted.atMost)}`
	return 'below' in wanted ? `< ${short(wanted.below)}` : `>= ${short(wanted.atLeast)}`
}

function short(value: number): string {
	return `${Number(value.toFixed(3))}`
}
