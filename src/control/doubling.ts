import { type History, wavering } from './goodput.ts'

/** One step of the climb, as it came out. Usually a doubling; fourfold after a step that brought all that lanes can. */
export interface Doubling {
	readonly from: number
	readonly to: number
	readonly beforeBytesPerSecond: number
	readonly afterBytesPerSecond: number
	readonly paid: boolean
}

/** What lanes on trial are judged against; where they are fewer than before, what is missed without the others. */
export interface Trial {
	/** How many there were before, and what they delivered. */
	readonly lanes: number
	/** How many of them are kept where the trial fails: the others were surplus already. @default all */
	readonly kept?: number
	readonly bytesPerSecond: number
	/** What the larger number must bring, as a factor: more where goodput wavered. */
	readonly leastGain: number
}

/** A quarter more pays for twice the lanes; noise brings it too, but seldom past the second sieve. */
const leastGain = 1.25
/** Two standard deviations of what was seen to waver, but never so much that a true doubling fails. */
const noiseMargin = 2
const mostGainAsked = 1.7
/** Gains outside of these are no matter of noise and are believed after one window. */
const doubtful = { above: 1.1, below: 1.6 }
/** n lanes must reach n^0.4 × the best that one alone held: 1.3 for two, 1.7 for four, 4 for 32. */
const gainExponent = 0.4
/** A step is clean when it brought what it could to a tenth; much more than that is noise too. */
const cleanWithin = 0.1

/** The gain to ask for after a baseline that was measured between two moments. */
export function gainBeyondNoise(history: History, fromMs: number, toMs: number, windowMs: number): number {
	const margin = noiseMargin * wavering(history, fromMs, toMs, windowMs)
	return Math.min(Math.max(leastGain, 1 + margin), mostGainAsked)
}

/** Whether a gain is so near to the least one that noise could decide, and more windows should. */
export function isDoubtful(trial: Trial, lanes: number, bytesPerSecond: number): boolean {
	// Of fewer lanes the question is what the others had brought.
	const gain = lanes < trial.lanes ? trial.bytesPerSecond / bytesPerSecond : bytesPerSecond / trial.bytesPerSecond
	return gain > doubtful.above && gain < Math.max(doubtful.below, trial.leastGain)
}

/** Judges `to` lanes that delivered `afterBytesPerSecond`, where one alone once held `single`. */
export function judgeDoubling(trial: Trial, to: number, afterBytesPerSecond: number, single: number): Doubling {
	// Under a ceiling the last step is less than a doubling, and half of what it could bring is enough.
	const gain = Math.min(trial.leastGain, 1 + (to / trial.lanes - 1) / 2)
	const paid = afterBytesPerSecond >= gain * trial.bytesPerSecond && afterBytesPerSecond >= to ** gainExponent * single
	return { from: trial.lanes, to, beforeBytesPerSecond: trial.bytesPerSecond, afterBytesPerSecond, paid }
}

/** By how much to multiply the lanes next: fourfold where the last step showed no sign of a line that fills. */
export function nextFactor(last: Doubling | undefined): number {
	if (last === undefined || !last.paid) return 2
	return Math.abs(gainOf(last) / (last.to / last.from) - 1) <= cleanWithin ? 4 : 2
}

/** A fourfold step that brought less than a twofold one could is half too much. */
export function isHalfTooMuch(step: Doubling): boolean {
	return step.to > 2 * step.from && gainOf(step) < 2
}

function gainOf(step: Doubling): number {
	return step.afterBytesPerSecond / step.beforeBytesPerSecond
}
