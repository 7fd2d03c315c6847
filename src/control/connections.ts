import {
	type Doubling,
	gainBeyondNoise,
	isDoubtful,
	isHalfTooMuch,
	judgeDoubling,
	nextFactor,
	type Trial,
} from './doubling.ts'
import { bestLaneBetween, goodputBetween, type History, remember, type Sample, workingLanes } from './goodput.ts'

/**
 * The controller of `auto`: how many lanes are wanted, judged by total goodput alone. Shares of single lanes say
 * nothing: on a filled line a new lane gets little for its first second.
 *
 * It doubles, measures, keeps what paid, and holds where it did not. `docs/design/connections.md` has the reasons.
 */
export interface ConnectionsState {
	/** Lanes wanted at this moment. */
	readonly target: number
	readonly ceiling: number
	readonly ceilingBy: 'ceiling' | 'host'
	/** What the climb has found, for the verdict. */
	readonly facts: ClimbFacts
	readonly phase: Measuring | Holding
	readonly history: History
	/** The best rate that one lane held among lanes not on trial, as it was at `atMs`; it fades, for lines change. */
	readonly bestLane: LaneRate
	/** How long the next hold lasts. */
	readonly holdMs: number
}

export interface ClimbFacts {
	/** The best goodput measured with each number of lanes, in the order in which the numbers were reached. */
	readonly goodputs: readonly { readonly lanes: number; readonly bytesPerSecond: number }[]
	/** Undefined while more lanes were never tried to the end. */
	readonly lastDoubling: Doubling | undefined
	/** Why there are no more lanes; undefined while the climb goes on. */
	readonly heldBy: 'ceiling' | 'host' | 'no-gain' | 'too-little-left' | undefined
}

/** Finds the goodput of the present lanes. */
interface Measuring {
	readonly kind: 'measuring'
	/** The first byte of the last lane to join; until `joined`, when it was asked for. */
	readonly sinceMs: number
	readonly joined: boolean
	/** Slow start is over: what is measured begins here. */
	readonly steadySinceMs: number | undefined
	readonly leastWindows: number
	/** Set while more lanes are on trial. */
	readonly trial: Trial | undefined
}

/** Leaves the lanes as they are until a moment, or until the line changes. */
interface Holding {
	readonly kind: 'holding'
	readonly sinceMs: number
	readonly untilMs: number
	readonly heldBytesPerSecond: number
}

interface LaneRate {
	readonly bytesPerSecond: number
	readonly atMs: number
}

// Two head delays are two round trips at the least: one for each half, so that slow start shows as a doubling.
const leastWindowMs = 250
const headDelaysPerWindow = 2
/** A second half outside of these, by the first, is slow start or the end of a burst: not yet a rate. */
const steady = { above: 0.7, below: 1.15 }
/** Goodput that never steadies is taken as it is after so many windows; so is a gain that stays in doubt. */
const mostWindows = 8
/** Lanes that have not begun after so long are not waited for. */
const leastJoinMs = 2000
const headDelaysToJoin = 8
const fadePerSecond = 0.94
/** A trial costs a window and a handshake; with no more work than this many of them it cannot earn that back. */
const trialsLeft = 3
/** A lane for less than this is a request too many. */
const leastBytesPerLane = 256 * 1024
const firstHoldMs = 3000
const longestHoldMs = 60_000
/** Goodput below this share of what it was, over this many windows, is another line. */
const fallenTo = 0.7
const fallWindows = 4

/** A climb that begins with one lane. */
export function startConnections(limits: { readonly ceiling: number }): ConnectionsState {
	return {
		target: 1,
		ceiling: limits.ceiling,
		ceilingBy: 'ceiling',
		facts: { goodputs: [], lastDoubling: undefined, heldBy: undefined },
		phase: measuring(0),
		history: [],
		bestLane: { bytesPerSecond: 0, atMs: 0 },
		holdMs: firstHoldMs,
	}
}

/** The host takes no more than `ceiling`: what is above is given back, and the rest is measured anew. */
export function lowerCeiling(state: ConnectionsState, ceiling: number, nowMs: number): ConnectionsState {
	if (ceiling >= state.ceiling) return state
	const facts = { ...state.facts, heldBy: 'host' as const }
	const lowered = { ...state, ceiling, ceilingBy: 'host' as const, facts }
	return state.target <= ceiling ? lowered : { ...lowered, target: ceiling, phase: measuring(nowMs) }
}

/** The host takes more than it was thought to: the climb may go on from where it was held. */
export function raiseCeiling(state: ConnectionsState, ceiling: number): ConnectionsState {
	return ceiling <= state.ceiling ? state : { ...state, ceiling }
}

/** Takes one look at the download; `target` of the answer is how many lanes it should have. */
export function observe(state: ConnectionsState, sample: Sample): ConnectionsState {
	if (sample.paused) return { ...state, history: [], phase: beginAgain(state.phase, sample) }
	const seen = { ...state, history: remember(state.history, sample, mostWindows * windowFor(sample)) }
	return seen.phase.kind === 'measuring' ? measure(seen, seen.phase, sample) : hold(seen, seen.phase, sample)
}

function measure(state: ConnectionsState, phase: Measuring, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	if (!phase.joined) {
		return haveJoined(state.target, phase, sample)
			? { ...state, phase: { ...phase, sinceMs: nowMs, joined: true } }
			: state
	}
	const windowMs = windowFor(sample)
	if (nowMs - phase.sinceMs < windowMs) return state
	const outOfTime = nowMs - phase.sinceMs >= mostWindows * windowMs
	const begins = outOfTime || isSteady(state.history, nowMs, windowMs) ? nowMs - windowMs : undefined
	const steadySinceMs = phase.steadySinceMs ?? begins
	if (steadySinceMs === undefined) return state
	const bytesPerSecond = goodputBetween(state.history, steadySinceMs, nowMs)
	const enough =
		phase.trial === undefined
			? nowMs - steadySinceMs >= phase.leastWindows * windowMs
			: !isDoubtful(phase.trial, bytesPerSecond)
	if (!enough && !outOfTime) return { ...state, phase: { ...phase, steadySinceMs } }
	return phase.trial === undefined
		? climbFrom(state, steadySinceMs, sample)
		: endTrial(state, phase.trial, bytesPerSecond, sample)
}

function haveJoined(wanted: number, phase: Measuring, sample: Sample): boolean {
	const working = workingLanes(sample)
	if (working >= wanted) return true
	const patienceMs = Math.max(leastJoinMs, headDelaysToJoin * sample.headDelayMs)
	return working > 0 && sample.nowMs - phase.sinceMs >= patienceMs
}

function isSteady(history: History, nowMs: number, windowMs: number): boolean {
	const middleMs = nowMs - windowMs / 2
	const first = goodputBetween(history, nowMs - windowMs, middleMs)
	const second = goodputBetween(history, middleMs, nowMs)
	return second < steady.below * first && second > steady.above * first
}

/** Takes what was measured since `fromMs` for the worth of the present lanes, and tries more. */
function climbFrom(state: ConnectionsState, fromMs: number, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const bytesPerSecond = goodputBetween(state.history, fromMs, nowMs)
	const leastGain = gainBeyondNoise(state.history, fromMs, nowMs, windowFor(sample))
	const lane = { bytesPerSecond: bestLaneBetween(state.history, fromMs, nowMs), atMs: nowMs }
	const bestLane = lane.bytesPerSecond >= faded(state.bestLane, nowMs) ? lane : state.bestLane
	const measured = { ...withGoodput(state, workingLanes(sample), bytesPerSecond), bestLane }
	return climb(measured, { lanes: state.target, bytesPerSecond, leastGain }, sample)
}

/** Keeps the lanes on trial and goes on, or retires those that brought too little. */
function endTrial(state: ConnectionsState, trial: Trial, bytesPerSecond: number, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const working = workingLanes(sample)
	const step = judgeDoubling(trial, state.target, bytesPerSecond, faded(state.bestLane, nowMs))
	const measured = withGoodput(state, working, bytesPerSecond)
	// Lanes that never began say nothing about the line, but something about who should have let them in.
	if (!step.paid && working < state.target) return retire(measured, { ...trial, heldBy: 'host' }, nowMs)
	const judged = { ...measured, facts: { ...measured.facts, lastDoubling: step } }
	if (!step.paid) return retire(judged, { ...trial, heldBy: 'no-gain' }, nowMs)
	const kept = { ...judged, holdMs: firstHoldMs }
	if (isHalfTooMuch(step)) return retire(kept, { lanes: 2 * trial.lanes, bytesPerSecond, heldBy: 'no-gain' }, nowMs)
	return climb(kept, { ...trial, lanes: state.target, bytesPerSecond }, sample)
}

function climb(state: ConnectionsState, trial: Trial, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const forGood = (heldBy: ClimbFacts['heldBy']): ConnectionsState =>
		holdAt(state, trial.bytesPerSecond, { sinceMs: nowMs, untilMs: Number.POSITIVE_INFINITY }, heldBy)
	if (state.target >= state.ceiling) return forGood(state.ceilingBy)
	const target = Math.min(nextFactor(state.facts.lastDoubling) * state.target, state.ceiling)
	if (!hasWorkFor(target, trial.bytesPerSecond, sample)) return forGood(state.facts.heldBy ?? 'too-little-left')
	return { ...state, target, phase: { ...measuring(nowMs), trial }, facts: { ...state.facts, heldBy: undefined } }
}

function hasWorkFor(lanes: number, bytesPerSecond: number, sample: Sample): boolean {
	const { bytesLeft = 0, headDelayMs } = sample
	const trialMs = windowFor(sample) + 2 * headDelayMs
	return bytesLeft > lanes * leastBytesPerLane && bytesLeft * 1000 > trialsLeft * trialMs * bytesPerSecond
}

function retire(
	state: ConnectionsState,
	to: { readonly lanes: number; readonly bytesPerSecond: number; readonly heldBy: 'no-gain' | 'host' },
	nowMs: number,
): ConnectionsState {
	const time = { sinceMs: nowMs, untilMs: nowMs + state.holdMs }
	const held = holdAt({ ...state, target: to.lanes }, to.bytesPerSecond, time, to.heldBy)
	return { ...held, holdMs: Math.min(2 * state.holdMs, longestHoldMs) }
}

function holdAt(
	state: ConnectionsState,
	heldBytesPerSecond: number,
	time: { readonly sinceMs: number; readonly untilMs: number },
	heldBy: ClimbFacts['heldBy'],
): ConnectionsState {
	return { ...state, phase: { kind: 'holding', ...time, heldBytesPerSecond }, facts: { ...state.facts, heldBy } }
}

function hold(state: ConnectionsState, phase: Holding, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const windowMs = windowFor(sample)
	if (nowMs >= phase.untilMs) return climbFrom(state, Math.max(phase.sinceMs, nowMs - mostWindows * windowMs), sample)
	const heldMs = nowMs - phase.sinceMs
	const fallMs = fallWindows * windowMs
	if (heldMs < fallMs) return state
	const bytesPerSecond = goodputBetween(state.history, nowMs - fallMs, nowMs)
	if (bytesPerSecond >= fallenTo * phase.heldBytesPerSecond) return state
	// The line has changed, and what one lane held on the old one is worth nothing. The dip that showed it is no baseline.
	return {
		...state,
		phase: { ...measuring(nowMs), leastWindows: fallWindows },
		bestLane: { bytesPerSecond: 0, atMs: nowMs },
	}
}

function measuring(sinceMs: number): Measuring {
	return { kind: 'measuring', sinceMs, joined: false, steadySinceMs: undefined, leastWindows: 1, trial: undefined }
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

function windowFor(sample: Sample): number {
	return Math.max(leastWindowMs, headDelaysPerWindow * sample.headDelayMs)
}

function faded(best: LaneRate, nowMs: number): number {
	return best.bytesPerSecond * fadePerSecond ** ((nowMs - best.atMs) / 1000)
}

function withGoodput(state: ConnectionsState, lanes: number, bytesPerSecond: number): ConnectionsState {
	const { goodputs } = state.facts
	const known = goodputs.find(entry => entry.lanes === lanes)
	const best = Math.max(known?.bytesPerSecond ?? 0, bytesPerSecond)
	const updated =
		known === undefined
			? [...goodputs, { lanes, bytesPerSecond }]
			: goodputs.map(entry => (entry === known ? { lanes, bytesPerSecond: best } : entry))
	return { ...state, facts: { ...state.facts, goodputs: updated } }
}
