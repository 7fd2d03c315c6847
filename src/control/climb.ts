import {
	type ClimbFacts,
	type ConnectionsState,
	faded,
	holdAt,
	measuring,
	patienceFor,
	windowFor,
	withGoodput,
} from './climb-state.ts'
import { gainBeyondNoise, isHalfTooMuch, judgeDoubling, nextFactor, type Trial } from './doubling.ts'
import { bestLaneBetween, goodputBetween, type Sample, workingLanes } from './goodput.ts'
import { afterStep, afterTooFew, isEnough } from './halving.ts'

/** A trial costs a window and a handshake; with no more work than this many of them it cannot earn that back. */
const trialsLeft = 3
/** A trial of fewer waits for responses to end, some four seconds: it may cost a tenth of what is left at the most. */
const leastLeftToHalveMs = 12_000
/** What brings less than this share of what it did has broken down: no noise looks so. */
const brokenDownTo = 0.5
/** A lane for less than this is a request too many. */
const leastBytesPerLane = 256 * 1024
const firstHoldMs = 3000
const longestHoldMs = 60_000

/** Takes what was measured since `fromMs` for the worth of the present lanes, and tries more, or fewer where it is time. */
export function climbFrom(state: ConnectionsState, fromMs: number, sample: Sample, fallenFrom = 0): ConnectionsState {
	const { nowMs } = sample
	const bytesPerSecond = goodputBetween(state.history, fromMs, nowMs)
	const leastGain = gainBeyondNoise(state.history, fromMs, nowMs, windowFor(sample))
	const lane = { bytesPerSecond: bestLaneBetween(state.history, fromMs, nowMs), atMs: nowMs }
	const bestLane = lane.bytesPerSecond >= faded(state.bestLane, nowMs) ? lane : state.bestLane
	const measured = { ...withGoodput(state, workingLanes(sample), bytesPerSecond), bestLane }
	const baseline = { lanes: state.target, bytesPerSecond, leastGain }
	if (mayHalve(measured, baseline, sample)) return halve(measured, baseline, nowMs)
	if (bytesPerSecond >= brokenDownTo * fallenFrom) return climb(measured, baseline, sample)
	// Surplus lanes are there for longer: responses that were asked for on a faster line may last for minutes on this one.
	const lanes = Math.max(state.target, workingLanes(sample))
	return climb(measured, { ...baseline, lanes, kept: state.target }, sample)
}

/** Ends the trial of more lanes, or of fewer, that brought so much. */
export function endTrial(
	state: ConnectionsState,
	trial: Trial,
	bytesPerSecond: number,
	sample: Sample,
): ConnectionsState {
	return state.target < trial.lanes
		? endHalving(state, trial, bytesPerSecond, sample)
		: endClimb(state, trial, bytesPerSecond, sample)
}

/** Takes back the lanes that fewer were tried for. */
export function restore(state: ConnectionsState, trial: Trial, sample: Sample): ConnectionsState {
	const restored = { ...state, halving: afterTooFew(state.halving, sample.nowMs) }
	// What they bring counts once they are there again.
	return retire(restored, { ...trial, heldBy: state.facts.heldBy }, sample.nowMs + patienceFor(sample))
}

/** Keeps the lanes on trial and goes on, or retires those that brought too little. */
function endClimb(state: ConnectionsState, trial: Trial, bytesPerSecond: number, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	const working = workingLanes(sample)
	const step = judgeDoubling(trial, state.target, bytesPerSecond, faded(state.bestLane, nowMs))
	const measured = withGoodput(state, working, bytesPerSecond)
	// Lanes that never began say nothing about the line, but something about who should have let them in.
	if (!step.paid && working < state.target) return retire(measured, { ...kept(trial), heldBy: 'host' }, nowMs)
	const judged = { ...measured, facts: { ...measured.facts, lastDoubling: step } }
	if (!step.paid) return retire(judged, { ...kept(trial), heldBy: 'no-gain' }, nowMs)
	const paid = { ...judged, holdMs: firstHoldMs, halving: afterStep(judged.halving, step, nowMs) }
	if (isHalfTooMuch(step)) return retire(paid, { lanes: 2 * trial.lanes, bytesPerSecond, heldBy: 'no-gain' }, nowMs)
	return climb(paid, { ...trial, lanes: state.target, kept: state.target, bytesPerSecond }, sample)
}

/** Gives back lanes that were not missed, and goes on to half of the rest. */
function endHalving(state: ConnectionsState, trial: Trial, bytesPerSecond: number, sample: Sample): ConnectionsState {
	if (!isEnough(trial, bytesPerSecond)) return restore(state, trial, sample)
	const measured = withGoodput(state, workingLanes(sample), bytesPerSecond)
	// Each step is measured against the best: several that cost a little each would cost much.
	const baseline = {
		...trial,
		lanes: state.target,
		bytesPerSecond: Math.max(trial.bytesPerSecond, bytesPerSecond),
	}
	if (mayHalve(measured, baseline, sample)) return halve(measured, baseline, sample.nowMs)
	return retire(measured, { ...baseline, heldBy: 'no-gain' }, sample.nowMs)
}

function climb(state: ConnectionsState, trial: Trial, sample: Sample): ConnectionsState {
	const { nowMs } = sample
	if (state.target >= state.ceiling) {
		const untilMs = Math.max(state.halving.atMs, nowMs + state.holdMs)
		return holdAt(state, trial.bytesPerSecond, { sinceMs: nowMs, untilMs }, state.ceilingBy)
	}
	const target = Math.min(nextFactor(state.facts.lastDoubling) * trial.lanes, state.ceiling)
	if (!hasWorkFor(target, trial.bytesPerSecond, sample)) {
		const forGood = { sinceMs: nowMs, untilMs: Number.POSITIVE_INFINITY }
		return holdAt(state, trial.bytesPerSecond, forGood, state.facts.heldBy ?? 'too-little-left')
	}
	return { ...state, target, phase: measuring(nowMs, trial), facts: { ...state.facts, heldBy: undefined } }
}

const kept = (trial: Trial): Trial => ({ ...trial, lanes: trial.kept ?? trial.lanes })

function hasWorkFor(lanes: number, bytesPerSecond: number, sample: Sample): boolean {
	const { bytesLeft = 0, headDelayMs } = sample
	const trialMs = windowFor(sample) + 2 * headDelayMs
	return bytesLeft > lanes * leastBytesPerLane && bytesLeft * 1000 > trialsLeft * trialMs * bytesPerSecond
}

function mayHalve({ target, halving }: ConnectionsState, { bytesPerSecond }: Trial, sample: Sample): boolean {
	const { nowMs, bytesLeft = 0 } = sample
	return target > 1 && nowMs >= halving.atMs && bytesLeft * 1000 > leastLeftToHalveMs * bytesPerSecond
}

function halve(state: ConnectionsState, trial: Trial, nowMs: number): ConnectionsState {
	return { ...state, target: Math.floor(trial.lanes / 2), phase: measuring(nowMs, trial) }
}

/** Holds at a number that is known to be right, for ever longer while every trial of another one fails. */
function retire(
	state: ConnectionsState,
	to: { readonly lanes: number; readonly bytesPerSecond: number; readonly heldBy: ClimbFacts['heldBy'] },
	sinceMs: number,
): ConnectionsState {
	const time = { sinceMs, untilMs: sinceMs + state.holdMs }
	const held = holdAt({ ...state, target: to.lanes }, to.bytesPerSecond, time, to.heldBy)
	return { ...held, holdMs: Math.min(2 * state.holdMs, longestHoldMs) }
}
