import type { Figures } from './contract.ts'
import { runProof } from './run-proof.ts'
import { type Change, withScratchCopy } from './scratch-copy.ts'

/** A fault that is put into a copy of the sources, to see whether the net that should catch it does. */
interface PlantedFault extends Change {
	readonly fault: string
	/** The proof that must fail, and the share of it that is run. */
	readonly net: string
	readonly scale: number
	/** What the net says when it has found this, and not that the copy does not run. */
	readonly finds: RegExp
}

const simulation = { net: 'simulation', scale: 0.02, finds: /^\d+ of \d+ seeds failed/ } as const
const crashStates = { net: 'crash states', scale: 0.02, finds: /^Workload / } as const

const faults: readonly PlantedFault[] = [
	{
		fault: 'combine takes parts of any version that has an ETag',
		...simulation,
		file: 'src/model/combine.ts',
		find: "return found.etag === strong.value ? 'same' : changed('ETag', strong.value, found.etag)",
		replace: "return 'same'",
	},
	{
		fault: 'combine takes parts that begin elsewhere',
		...simulation,
		file: 'src/model/combine.ts',
		find: 'if (content.range.start !== asked.start) {',
		replace: 'if (content.range.start > asked.start) {',
	},
	{
		fault: 'the journal calls bytes durable before they are synced',
		...crashStates,
		file: 'src/engine/checkpoint.ts',
		find: `		await sink.flush()
		for (const range of covered) {
			this.#map.markDurable(range)
			journal?.append({ kind: 'durable', range })
		}
		await journal?.sync()`,
		replace: `		for (const range of covered) {
			this.#map.markDurable(range)
			journal?.append({ kind: 'durable', range })
		}
		await journal?.sync()
		await sink.flush()`,
	},
	{
		fault: 'the victim of a steal keeps the stolen tail',
		...simulation,
		file: 'src/model/segment-map.ts',
		find: `		own.end = at
		return tail`,
		replace: '		return tail',
	},
	{
		fault: 'the file has its name before its bytes are synced',
		...crashStates,
		file: 'src/sink/file.ts',
		find: 'if (synced) await this.#sync(() => this.#descriptor.syncAll())',
		replace: '',
	},
	{
		fault: 'publishing replaces what has the name',
		...simulation,
		file: 'src/destination/publish.ts',
		find: 'await disk.link(from, to)',
		replace: 'await disk.unlink(to).catch(() => undefined)\n\t\tawait disk.link(from, to)',
	},
]

/**
 * Plants each fault in turn, after a copy without one has passed the same nets. Throws where a net lets one through; the
 * figures say what each was found by. Only nets that run the sources can see a fault: the built command is not built anew.
 */
export async function provePlantedFaults(): Promise<Figures> {
	for (const { net, scale } of [simulation, crashStates]) {
		const verdict = await withScratchCopy(undefined, root => runProof(root, net, scale))
		if (verdict.kind === 'failed') throw new Error(`${net} fails without a fault: ${verdict.why}`)
	}
	const found: Record<string, string> = {}
	for (const planted of faults) found[planted.fault] = await findPlanted(planted)
	return found
}

async function findPlanted({ fault, net, scale, finds, ...change }: PlantedFault): Promise<string> {
	const verdict = await withScratchCopy(change, root => runProof(root, net, scale))
	if (verdict.kind === 'held') throw new Error(`${net} does not find ${fault}`)
	if (!finds.test(verdict.why)) throw new Error(`${net} does not run with ${fault}: ${verdict.why}`)
	return `found by ${net}: ${verdict.why.split(/[\n;]/, 1)[0]}`
}
