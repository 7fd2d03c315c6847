import type { Doubling, Trial } from './doubling.ts'
import type { History, Sample } from './goodput.ts'
import type { Halving } from './halving.ts'

/** All that the controller of `auto` knows. */
export interface ConnectionsState {
	/** Lanes wanted at this moment. */
	readonly target: number
	readonly ceiling: number
	/** Who set it: the options, or what the host allows. */
	readonly ceilingBy: CeilingBy
	/** What the climb has found, for the verdict. */
	readonly facts: ClimbFacts
	readonly phase: Measuring | Holding
	readonly history: History
	/** The best rate that one lane held among lanes not on trial, as it was at `atMs`; it fades, for lines change. */
	readonly bestLane: LaneRate
	/** How long the next hold lasts. */
	readonly holdMs: number
	/** When half of the lanes are tried. */
	readonly halving: Halving
}

export type CeilingBy = 'ceiling' | 'host'

export interface ClimbFacts {
	/** The best goodput measured with each number of lanes, in the order in which the numbers were reached. */
	readonly goodputs: readonly { readonly lanes: number; readonly bytesPerSecond: number }[]
	/** Undefined while more lanes were never tried to the end. */
	readonly lastDoubling: Doubling | undefined
	/** Why there are no more lanes; undefined while the climb goes on. */
	readonly heldBy: CeilingBy | 'no-gain' | 'too-little-left' | undefined
}

/** Finds the goodput of the present lanes. */
export interface Measuring {
	readonly kind: 'measuring'
	/** The first byte of the last lane to join, or the end of the last to leave; until `joined`, when that was asked for. */
	readonly sinceMs: number
	readonly joined: boolean
	/** Slow start is over: what is measured begins here. */
	readonly steadySinceMs: number | undefined
	readonly leastWindows: number
	/** What the line brought before it fell; undefined where it did not. */
	readonly fallenFrom: number | undefined
	/** Set while another number of lanes than before is on trial: more, or fewer. */
	readonly trial: Trial | undefined
}

/** Leaves the lanes as they are until a moment, or until the line changes. */
export interface Holding {
	readonly kind: 'holding'
	/** Not before lanes that were given back for a trial have joined again. */
	readonly sinceMs: number
	readonly untilMs: number
	readonly heldBytesPerSecond: number
}

export interface LaneRate {
	readonly bytesPerSecond: number
	readonly atMs: number
}

// Two head delays are two round trips at the least: one for each half, so that slow start shows as a doubling.
const leastWindowMs = 250
const headDelaysPerWindow = 2
/** Lanes that have not begun after so long are not waited for. */
const leastJoinMs = 2000
const headDelaysToJoin = 8
const fadePerSecond = 0.94

/** How long a measurement takes on this line. */
export function windowFor(sample: Sample): number {
	return Math.max(leastWindowMs, headDelaysPerWindow * sample.headDelayMs)
}

/** How long lanes that were asked for are waited for. */
export function patienceFor(sample: Sample): number {
	return Math.max(leastJoinMs, headDelaysToJoin * sample.headDelayMs)
}

export function measuring(sinceMs: number, trial?: Trial): Measuring {
	return {
		kind: 'measuring',
		sinceMs,
		joined: false,
		steadySinceMs: undefined,
		leastWindows: 1,
		fallenFrom: undefined,
		trial,
	}
}

export function holdAt(
	state: ConnectionsState,
	heldBytesPerSecond: number,
	time: { readonly sinceMs: number; readonly untilMs: number },
	heldBy: ClimbFacts['heldBy'],
): ConnectionsState {
	return { ...state, phase: { kind: 'holding', ...time, heldBytesPerSecond }, facts: { ...state.facts, heldBy } }
}

/** What the best lane is worth by now. */
export function faded(best: LaneRate, nowMs: number): number {
	return best.bytesPerSecond * fadePerSecond ** ((nowMs - best.atMs) / 1000)
}

export function withGoodput(state: ConnectionsState, lanes: number, bytesPerSecond: number): ConnectionsState {
	const { goodputs } = state.facts
	const known = goodputs.find(entry => entry.lanes === lanes)
	const best = Math.max(known?.bytesPerSecond ?? 0, bytesPerSecond)
	const updated =
		known === undefined
			? [...goodputs, { lanes, bytesPerSecond }]
			: goodputs.map(entry => (entry === known ? { lanes, bytesPerSecond: best } : entry))
	return { ...state, facts: { ...state.facts, goodputs: updated } }
}
