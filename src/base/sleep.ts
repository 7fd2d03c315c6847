import type { Clock } from './clock.ts'

/** What both clocks said at one moment. */
export interface Moment {
	readonly nowMs: number
	readonly wallMs: number
}

/** A timer that comes this much late was not kept by a busy program: nobody was there to run it. */
const lateMs = 1000
/** A calendar that is set right moves by less, or seldom; to take that for a sleep costs nothing that a sleep would not. */
const wallAheadMs = 5000

export function momentOf(clock: Clock): Moment {
	return { nowMs: clock.now(), wallMs: clock.wall().getTime() }
}

/**
 * Whether this process did not run for a while between two moments of which the second was to come `dueAfterMs` after the
 * first: it was stopped, or the machine slept.
 *
 * A stopped process finds its timers late. So does one on a machine that slept, where the monotonic clock counts the sleep
 * (macOS, Windows); where it stands still meanwhile (Linux), the calendar alone has run ahead.
 */
export function sleptBetween(from: Moment, to: Moment, dueAfterMs: number): boolean {
	const passedMs = to.nowMs - from.nowMs
	return passedMs - dueAfterMs >= lateMs || to.wallMs - from.wallMs - passedMs >= wallAheadMs
}
