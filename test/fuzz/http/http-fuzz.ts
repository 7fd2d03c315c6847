import { inspect, isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Outcome } from './outcome.ts'
import { type Manner, play } from './play.ts'
import { referenceOutcome } from './reference.ts'
import { brokenWire, cutWire, rightWire } from './wires.ts'

export interface HttpFuzzOptions {
	/** How many answers. */
	readonly runs: number
	readonly seed: number
}

/** How the answers ended; what was never reached was never tested. */
export interface HttpFuzzFigures {
	readonly answers: number
	readonly whole: number
	readonly unverified: number
	readonly kept: number
	readonly refusedHeads: number
	readonly refusedBodies: number
	readonly cutShort: number
}

/** `bytes`: each byte is a piece of its own. */
const pieces = fc.oneof(fc.constantFrom('one' as const, 'bytes' as const), fc.array(fc.nat(1000), { maxLength: 30 }))
const manner = fc.record<Omit<Manner, 'cuts'>>({
	ending: fc.constantFrom('fin', 'reset', 'hidden-reset', 'silence'),
	blockBytes: fc.constantFrom(1, 7, 64, 4096),
	pauseEvery: fc.constantFrom(0, 0, 1, 3),
})

/**
 * Gives right and broken answers to the client, in any pieces and with any end, and compares what it makes of each with
 * the reference. Throws at the first difference, with the smallest answer that shows it.
 */
export async function proveHttpFuzz({ runs, seed }: HttpFuzzOptions): Promise<HttpFuzzFigures> {
	const tally = { answers: 0, whole: 0, unverified: 0, kept: 0, refusedHeads: 0, refusedBodies: 0, cutShort: 0 }
	const property = fc.asyncProperty(
		fc.oneof(rightWire, brokenWire, brokenWire, cutWire),
		pieces,
		manner,
		async (wire, pieces, manner) => {
			const outcome = await play(Buffer.from(wire, 'latin1'), { ...manner, cuts: cutsOf(wire, pieces) })
			const wanted = referenceOutcome(wire, manner.ending)
			if (!isDeepStrictEqual(outcome, wanted)) throw new Error(differs(outcome, wanted))
			tally.answers += 1
			tally[kindOf(outcome)] += 1
			if ('kept' in outcome && outcome.kept) tally.kept += 1
		},
	)
	await fc.assert(property, { numRuns: runs, seed })
	return tally
}

function cutsOf(wire: string, pieces: 'one' | 'bytes' | readonly number[]): number[] {
	if (pieces === 'one') return []
	if (pieces === 'bytes') return Array.from({ length: wire.length }, (_, index) => index)
	return pieces.filter(cut => cut < wire.length).sort((a, b) => a - b)
}

function kindOf(outcome: Outcome): 'whole' | 'unverified' | 'refusedHeads' | 'refusedBodies' | 'cutShort' {
	if ('refused' in outcome) return outcome.refused === 'E_PROTOCOL' ? 'refusedHeads' : 'cutShort'
	if (outcome.end === 'E_PROTOCOL') return 'refusedBodies'
	if (typeof outcome.end === 'string') return 'cutShort'
	return outcome.end.lengthVerified ? 'whole' : 'unverified'
}

function differs(outcome: Outcome, wanted: Outcome): string {
	return `The client makes ${inspect(outcome)} of what is ${inspect(wanted)}`
}
