import { systemClock } from '../../../src/api/system.ts'
import type { Cancel } from '../../../src/base/abort.ts'
import type { Clock, Timer } from '../../../src/base/clock.ts'

/**
 * The time of this machine, so many times as fast: real sockets cannot be run in virtual time, and waiting for what a
 * server never says would otherwise be most of a torture.
 */
export class HurriedClock implements Clock {
	readonly #times: number

	constructor(times: number) {
		this.#times = times
	}

	now(): number {
		return systemClock.now() * this.#times
	}

	/** Keeps step with `now`: a difference between the two would mean that the machine has slept. */
	wall(): Date {
		return new Date(this.now())
	}

	sleep(ms: number, cancel?: Cancel): Promise<void> {
		return systemClock.sleep(ms / this.#times, cancel)
	}

	after(ms: number, action: () => void, options?: { readonly background?: boolean }): Timer {
		return systemClock.after(ms / this.#times, action, options)
	}

	every(ms: number, tick: () => void): Timer {
		return systemClock.every(ms / this.#times, tick)
	}
}
