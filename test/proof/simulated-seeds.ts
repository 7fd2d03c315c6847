import { proveSimulation } from '../simulation/prove.ts'
import type { Figures } from './contract.ts'

/** The simulation as a proof: throws for a seed that failed, and for a fault or a decision that too few seeds came by. */
export async function proveSimulatedSeeds({ seeds }: { readonly seeds: number }): Promise<Figures> {
	const { failed, rarelyReached, reach, requests, virtualMs } = await proveSimulation({ seeds })
	const [first] = failed
	if (first !== undefined)
		throw new Error(`${failed.length} of ${seeds} seeds failed, ${first.seed} first: ${first.wrong.join('; ')}`)
	if (seeds >= 1000 && rarelyReached.length > 0)
		throw new Error(`Fewer than one seed in a hundred came by ${rarelyReached.join(', ')}`)
	const rarest = reach.reduce((least, one) => (one.share < least.share ? one : least))
	return {
		seeds,
		failed: failed.length,
		requests,
		virtualHours: Math.round(virtualMs / 3_600_000),
		reachPoints: reach.length,
		rarest: `${rarest.point} in ${(100 * rarest.share).toFixed(1)} %`,
	}
}
