import { drawScenario } from './draw-scenario.ts'
import { play } from './play.ts'
import type { ReachPoint } from './reach.ts'

/** A seed that found something. */
export interface FailedSeed {
	readonly seed: number
	readonly wrong: readonly string[]
}

/** What some seeds found, and what they came by. */
export interface Findings {
	readonly seeds: number
	readonly failed: readonly FailedSeed[]
	/** By reach point, how many seeds came by it. */
	readonly reached: Readonly<Partial<Record<ReachPoint, number>>>
	readonly requests: number
	readonly virtualMs: number
}

/** Plays the seeds from `from` on, in this process. */
export async function simulateSeeds(from: number, seeds: number): Promise<Findings> {
	const failed: FailedSeed[] = []
	const reached: Partial<Record<ReachPoint, number>> = {}
	let requests = 0
	let virtualMs = 0
	for (let seed = from; seed < from + seeds; seed++) {
		const played = await play(drawScenario(seed))
		if (played.wrong.length > 0) failed.push({ seed, wrong: played.wrong })
		for (const point of played.reached) reached[point] = (reached[point] ?? 0) + 1
		requests += played.requests
		virtualMs += played.virtualMs
	}
	return { seeds, failed, reached, requests, virtualMs }
}

export const nothingFound: Findings = { seeds: 0, failed: [], reached: {}, requests: 0, virtualMs: 0 }

export function together(one: Findings, other: Findings): Findings {
	const reached = { ...one.reached }
	for (const [point, count] of Object.entries(other.reached) as [ReachPoint, number][]) {
		reached[point] = (reached[point] ?? 0) + count
	}
	return {
		seeds: one.seeds + other.seeds,
		failed: [...one.failed, ...other.failed].sort((a, b) => a.seed - b.seed),
		reached,
		requests: one.requests + other.requests,
		virtualMs: one.virtualMs + other.virtualMs,
	}
}
