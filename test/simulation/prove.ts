import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type ReachPoint, reachPoints } from './reach.ts'
import { type FailedSeed, type Findings, nothingFound, together } from './simulate-seeds.ts'
import type { Batch } from './worker.ts'

export interface SimulationOptions {
	/** The first seed. @default 1 */
	readonly from?: number
	readonly seeds: number
	/** Processes at once. @default as many as there are cores */
	readonly jobs?: number
	readonly onProgress?: (findings: Findings) => void
}

export interface SimulationReport {
	readonly from: number
	readonly seeds: number
	readonly failed: readonly FailedSeed[]
	/** By reach point, the share of the seeds that came by it. */
	readonly reach: readonly { readonly point: ReachPoint; readonly share: number }[]
	/** What fewer than one seed in a hundred came by. */
	readonly rarelyReached: readonly ReachPoint[]
	readonly requests: number
	readonly virtualMs: number
	readonly tookMs: number
}

const seedsAtOnce = 100
const leastShare = 0.01

/** Plays many seeds, in several processes, and says what they found and what they came by. Throws nothing that a seed found. */
export async function proveSimulation(options: SimulationOptions): Promise<SimulationReport> {
	const { from = 1, seeds, jobs = availableParallelism(), onProgress = () => {} } = options
	const startedMs = performance.now()
	let findings = nothingFound
	let next = from
	const take = (): Batch | undefined => {
		const batch = { from: next, seeds: Math.min(seedsAtOnce, from + seeds - next) }
		next += batch.seeds
		return batch.seeds > 0 ? batch : undefined
	}
	const found = (more: Findings): void => {
		findings = together(findings, more)
		onProgress(findings)
	}
	await Promise.all(Array.from({ length: Math.min(jobs, Math.ceil(seeds / seedsAtOnce)) }, () => work(take, found)))
	return reportOf(findings, from, performance.now() - startedMs)
}

/** One process, that plays batch after batch. */
async function work(take: () => Batch | undefined, found: (findings: Findings) => void): Promise<void> {
	const loader = fileURLToPath(new URL('../support/typescript-loader.mjs', import.meta.url))
	const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
		// Most of what a seed makes is garbage a moment later: a larger nursery spares a fifth of the time.
		execArgv: ['--max-semi-space-size=32', '--import', loader],
	})
	try {
		for (let batch = take(); batch !== undefined; batch = take()) found(await answerOf(child, batch))
	} finally {
		child.kill()
	}
}

function answerOf(child: ChildProcess, batch: Batch): Promise<Findings> {
	return new Promise((resolve, reject) => {
		const fail = (code: number | null): void =>
			reject(new Error(`A worker ended with ${code} while it played ${batch.seeds} seeds from ${batch.from} on`))
		child.once('exit', fail)
		child.once('message', answer => {
			child.off('exit', fail)
			resolve(answer as Findings)
		})
		child.send(batch)
	})
}

function reportOf(
	{ seeds, failed, reached, requests, virtualMs }: Findings,
	from: number,
	tookMs: number,
): SimulationReport {
	const reach = reachPoints.map(point => ({ point, share: (reached[point] ?? 0) / Math.max(1, seeds) }))
	const rarelyReached = reach.filter(({ share }) => share < leastShare).map(({ point }) => point)
	return { from, seeds, failed, reach, rarelyReached, requests, virtualMs, tookMs }
}
