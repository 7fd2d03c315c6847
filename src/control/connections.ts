import { climbFrom, endTrial, restore } from './climb.ts'
import {
	type CeilingBy,
	type ConnectionsState,
	type Holding,
	type Measuring,
	measuring,
	patienceFor,
	windowFor,
} from './climb-state.ts'
import { isDoubtful, type Trial } from './doubling.ts'
import { goodputBetween, type History, remember, type Sample, workingLanes } from './goodput.ts'
import { doubtLanes, fewerNever, isFarTooLittle } from './halving.ts'

export type { ClimbFacts, ConnectionsState } from './climb-state.ts'

/** A second half outside of these, by the first, is slow start or the end of a burst: not yet a rate. */
const steady = { above: 0.7, below: 1.15 }
/** Goodput that never steadies is taken as it is after so many windows; so is a gain that stays in doubt. */
const mostWindows = 8
/**
 * Lanes are given back at the end of their responses: some four seconds where the line is what it was when those were
 * asked for, and more where it has narrowed since.
 */
const leaveMs = 60_000
/** A lane that nobody has seen pay today begins for no less than this. */
const worthALaneBytes = 1024 * 1024
const firstHoldMs = 3000
/** Goodput below this share of what it was, over this many windows, is another line. */
const fallenTo = 0.7
const fallWindows = 4

/**
 * The controller of `auto`: how many lanes are wanted, judged by total goodput alone. Shares of single lanes say
 * nothing: on a filled line a new lane gets little for its first second.
 *
 * It doubles, measures, keeps what paid, and holds where it did not; lanes in doubt it halves, to see whether they are
 * missed. `begin` is a number that paid for this host before: a hint, and in doubt from the start.
 * `docs/design/connections.md` has the reasons.
 */
export function startConnections(limits: { readonly ceiling: number; readonly begin?: number }): ConnectionsState {
	const target = Math.min(limits.begin ?? 1, limits.ceiling)
	return {
		target,
		ceiling: limits.ceiling,
		ceilingBy: 'ceiling',
		facts: { goodputs: [], lastDoubling: undefined, heldBy: undefined },
		phase: measuring(0),
		history: [],
		bestLane: { bytesPerSecond: 0, atMs: 0 },
		holdMs: firstHoldMs,
		halving: target > 1 ? doubtLanes(fewerNever, firstHoldMs) : fewerNever,
	}
}

/** With how many to begin where `paid` did before: as many as the file has work for, and with one where nothing is known. */
export function lanesToBeginWith(paid: number | undefined, bytesLeft: number | undefined): number {
	return Math.max(1, Math.min(paid ?? 1, Math.floor((bytesLeft ?? 0) / worthALaneBytes)))
}

/** The number that was found to pay; undefined while no other was tried. */
export function lanesThatPaid({ phase, target, facts }: ConnectionsState): number | undefined {
	if (facts.lastDoubling === undefined) return undefined
	return phase.kind === 'measuring' ? (phase.trial?.lanes ?? target) : target
}

/** No more than `ceiling` may be had: what is above is given back, and the rest is measured anew. */
export function lowerCeiling(
	state: ConnectionsState,
	ceiling: number,
	nowMs: number,
	ceilingBy: CeilingBy = 'host',
): ConnectionsState {
	if (ceiling >= state.ceiling) return state
	const facts = { ...state.facts, heldBy: ceilingBy }
	const lowered = { ...state, ceiling, ceilingBy, facts }
	return state.target <= ceiling ? lowered : { ...lowered, target: ceiling, phase: measuring(nowMs) }
}

/** More may be had than before: the climb goes on from where the ceiling held it. */
export function raiseCeiling(
	state: ConnectionsState,
	ceiling: number,
	ceilingBy: CeilingBy = state.ceilingBy,
): ConnectionsState {
	if (ceiling <= state.ceiling) return state
	const { phase, target, facts } = state
	const wasHeld = phase.kind === 'holding' && target >= state.ceiling && facts.heldBy === state.ceilingBy
	return { ...state, ceiling, ceilingBy, phase: wasHeld ? { ...phase, untilMs: phase.sinceMs } : phase }
}

/** Another source has joined, and brings a lane of its own: what was measured without it is no baseline for more. */
export function joinedByAnother(state: ConnectionsState, nowMs: number): ConnectionsState {
	return { ...state, target: Math.min(state.ceiling, state.target + 1), phase: measuring(nowMs) }
}

/** Takes one look at the download; `target` of the answer is how many lanes it should have. */
export function observe(state: ConnectionsState, sample: Sample): ConnectionsState {
	if (sample.paused) return { ...state, history: [], phase: beginAgain(state.phase, sample) }
	const seen = { ...state, history: remember(state.history, sample, mostWindows * windowFor(sample)) }
	return seen.phase.kind === 'measuring' ? measure(seen, seen.phase, sample) : hold(seen, seen.phase, sample)
}

function measure(state: ConnectionsState, phase: Measuring, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const windowMs = windowFor(sample)
	if (!phase.joined) return awaitLanes(state, phase, sample)
	if (nowMs - phase.sinceMs < windowMs) return state
	const outOfTime = nowMs - phase.sinceMs >= mostWindows * windowMs
	const begins = outOfTime || isSteady(state.history, nowMs, windowMs) ? nowMs - windowMs : undefined
	const steadySinceMs = phase.steadySinceMs ?? begins
	if (steadySinceMs === undefined) return state
	const bytesPerSecond = goodputBetween(state.history, steadySinceMs, nowMs)
	const enough =
		phase.trial === undefined
			? nowMs - steadySinceMs >= phase.leastWindows * windowMs
			: !isDoubtful(phase.trial, state.target, bytesPerSecond)
	if (!enough && !outOfTime) return { ...state, phase: { ...phase, steadySinceMs } }
	return phase.trial === undefined
		? climbFrom(state, steadySinceMs, sample, phase.fallenFrom)
		: endTrial(state, phase.trial, bytesPerSecond, sample)
}

/** Until as many lanes are there as shall be measured: those that were asked for have begun, those that are surplus ended. */
function awaitLanes(state: ConnectionsState, phase: Measuring, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const { target } = state
	const { trial } = phase
	if (trial !== undefined && target < trial.lanes) return awaitFewer(state, { ...phase, trial }, sample)
	const working = workingLanes(sample)
	const outOfTime = working > 0 && nowMs - phase.sinceMs >= patienceFor(sample)
	return working >= target || outOfTime ? { ...state, phase: { ...phase, sinceMs: nowMs, joined: true } } : state
}

/** Lanes that end one by one show soon enough where they are missed. */
function awaitFewer(
	state: ConnectionsState,
	phase: Measuring & { readonly trial: Trial },
	sample: Sample,
): ConnectionsState {
	const { nowMs } = sample
	const windowMs = windowFor(sample)
	const waitedMs = nowMs - phase.sinceMs
	if (sample.lanes.length <= state.target) return { ...state, phase: { ...phase, sinceMs: nowMs, joined: true } }
	const missed =
		waitedMs >= windowMs && isFarTooLittle(phase.trial, goodputBetween(state.history, nowMs - windowMs, nowMs))
	return missed || waitedMs >= leaveMs ? restore(state, phase.trial, sample) : state
}

function isSteady(history: History, nowMs: number, windowMs: number): boolean {
	const middleMs = nowMs - windowMs / 2
	const first = goodputBetween(history, nowMs - windowMs, middleMs)
	const second = goodputBetween(history, middleMs, nowMs)
	return second < steady.below * first && second > steady.above * first
}

function hold(state: ConnectionsState, phase: Holding, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const windowMs = windowFor(sample)
	const heldMs = nowMs - phase.sinceMs
	if (nowMs >= phase.untilMs && heldMs >= windowMs) {
		return climbFrom(state, Math.max(phase.sinceMs, nowMs - mostWindows * windowMs), sample)
	}
	const fallMs = fallWindows * windowMs
	if (heldMs < fallMs) return state
	const bytesPerSecond = goodputBetween(state.history, nowMs - fallMs, nowMs)
	if (bytesPerSecond >= fallenTo * phase.heldBytesPerSecond) return state
	// The line has changed, and what one lane held on the old one is worth nothing. The dip that showed it is no baseline.
	return {
		...state,
		phase: { ...measuring(nowMs), leastWindows: fallWindows, fallenFrom: phase.heldBytesPerSecond },
		bestLane: { bytesPerSecond: 0, atMs: nowMs },
		halving: doubtLanes(state.halving, nowMs),
	}
}

/** What was measured is void. A hold that ended meanwhile lasts until there is something again to climb from. */
function beginAgain(phase: Measuring | Holding, sample: Sample): Measuring | Holding {
	const { nowMs } = sample
	if (phase.kind === 'holding') {
		const untilMs = Math.max(phase.untilMs, nowMs + fallWindows * windowFor(sample))
		return { ...phase, sinceMs: nowMs, untilMs }
	}
	return { ...phase, sinceMs: nowMs, joined: false, steadySinceMs: undefined }
}
