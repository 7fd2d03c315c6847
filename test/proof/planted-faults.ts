import type { Figures } from './contract.ts'
import { runProof } from './run-proof.ts'
import { type Change, withScratchCopy } from './scratch-copy.ts'

/** A fault that is put into a copy of the sources, to see whether the net that should catch it does. */
interface PlantedFault extends Change {
	readonly fault: string
	/** The proof that must fail, and the share of it that is run. */
	readonly net: string
	readonly scale: number
}

const faults: readonly PlantedFault[] = []

/** Plants each fault in turn. Throws where a net lets one through; the figures say what each was found by. */
export async function provePlantedFaults(): Promise<Figures> {
	const found: Record<string, string> = {}
	for (const planted of faults) found[planted.fault] = await findPlanted(planted)
	return found
}

async function findPlanted({ fault, net, scale, ...change }: PlantedFault): Promise<string> {
	const verdict = await withScratchCopy(change, root => runProof(root, net, scale))
	if (verdict.kind === 'held') throw new Error(`${net} does not find ${fault}`)
	return `found by ${net}: ${verdict.why.split('\n', 1)[0]}`
}
