import type { Cancel } from './abort.ts'

/**
 * Time as an argument: the engine never reads a clock of its own, so that a test can run hours in milliseconds.
 *
 * `now` and every wait are monotonic; only `wall` follows the calendar, and is for what a person reads.
 */
export interface Clock {
	/** Milliseconds since an arbitrary moment; never goes back. */
	now(): number
	wall(): Date
	/** Resolves after `ms`, or at once when `cancel` fires: the caller then asks `cancel` why. */
	sleep(ms: number, cancel?: Cancel): Promise<void>
	/** Calls `tick` each `ms` until stopped. */
	every(ms: number, tick: () => void): Timer
	/** Calls `action` once after `ms` unless stopped before. The process does not stay for one in the `background`. */
	after(ms: number, action: () => void, options?: { readonly background?: boolean }): Timer
}

export interface Timer {
	stop(): void
}

/** `Clock.sleep` by way of `Clock.after`, for whoever makes a clock. */
export function sleepBy(after: Clock['after'], ms: number, cancel?: Cancel): Promise<void> {
	return new Promise(resolve => {
		let stopListening: (() => void) | undefined
		const timer = after(ms, () => {
			stopListening?.()
			resolve()
		})
		// Calls back at once where it is cancelled already.
		stopListening = cancel?.onCancel(() => {
			timer.stop()
			resolve()
		})
	})
}
