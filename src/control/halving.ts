import type { Doubling, Trial } from './doubling.ts'

/**
 * When half of the lanes are tried: lanes that noise let in, or that a wider line once paid for, are given back so.
 *
 * A trial costs what half of the lanes would have brought for some seconds, so it comes soon only where the lanes are in
 * doubt, and ever more seldom where it found that they help.
 */
export interface Halving {
	readonly atMs: number
	/** How long lanes that were found to help are left alone. */
	readonly waitMs: number
}

const firstWaitMs = 60_000
const longestWaitMs = 960_000
/** Fewer lanes are enough when they bring this much of what there was. */
const enough = 0.9
/** A step is clear when it brought this much of what it could; a half of its lanes would have brought less. */
const clearShare = 0.6

/** Of lanes that nothing was measured for yet. */
export const fewerNever: Halving = { atMs: Number.POSITIVE_INFINITY, waitMs: firstWaitMs }

/** Nothing says that so many are needed: half of them are tried at the next opportunity. */
export function doubtLanes({ waitMs }: Halving, nowMs: number): Halving {
	return { atMs: nowMs, waitMs }
}

/** After more lanes were kept: in doubt where they paid only just. */
export function afterStep(halving: Halving, step: Doubling, nowMs: number): Halving {
	const brought = step.afterBytesPerSecond / step.beforeBytesPerSecond - 1
	const clear = brought >= clearShare * (step.to / step.from - 1)
	return clear ? { atMs: nowMs + firstWaitMs, waitMs: firstWaitMs } : doubtLanes(halving, nowMs)
}

/** After half of the lanes brought too little: all of them help. */
export function afterTooFew({ waitMs }: Halving, nowMs: number): Halving {
	return { atMs: nowMs + waitMs, waitMs: Math.min(2 * waitMs, longestWaitMs) }
}

/** Whether so much from fewer lanes is as good as what there was. */
export function isEnough(trial: Trial, bytesPerSecond: number): boolean {
	return bytesPerSecond >= enough * trial.bytesPerSecond
}

/** Whether fewer lanes bring so little that no more windows are needed to see it. */
export function isFarTooLittle(trial: Trial, bytesPerSecond: number): boolean {
	return bytesPerSecond * trial.leastGain < trial.bytesPerSecond
}
