import type { Findings } from '../../bench/report.ts'
import type { Run } from '../../bench/scenarios/scenario.ts'

/** What a run cost, in the order of rounds; the first is of round 0. */
export interface Costs {
	readonly wallMs: readonly number[]
	readonly cpuMs?: readonly number[]
	readonly peakMB?: readonly number[]
}

/** Runs that all came out right. */
export function runsOf(contender: string, { wallMs, cpuMs, peakMB }: Costs): Run[] {
	return wallMs.map((ms, round) => {
		const peak = peakMB?.[round]
		return {
			contender,
			round,
			wallMs: ms,
			cpuMs: cpuMs?.[round],
			peakBytes: peak && peak * 1_000_000,
			failure: undefined,
			tallies: [],
			verdict: undefined,
		}
	})
}

/** Without an ideal: the ratios to `subject` count. */
export function findingsOf(scenario: string, subject: string, runs: readonly Run[]): Findings {
	return { scenario, about: 'nginx on loopback', bytes: 1, idealMs: null, subject, absent: {}, runs, judgements: [] }
}
