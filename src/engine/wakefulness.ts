import type { Clock } from '../base/clock.ts'
import type { ErrorCode } from '../base/errors.ts'
import { type Moment, momentOf, sleptBetween } from '../base/sleep.ts'

/** How requests end that were slept through: their connections are gone at the other end, or on the way. */
const sleepBreaks: ReadonlySet<ErrorCode> = new Set(['E_NETWORK', 'E_TIMEOUT', 'E_STALLED', 'E_TRUNCATED'])

/** Notices, from looks at the clocks that follow each other closely, that the process did not run for a while. */
export class Wakefulness {
	readonly #clock: Clock
	readonly #lookEveryMs: number
	#last: Moment
	#wokeMs = Number.NEGATIVE_INFINITY

	constructor(clock: Clock, lookEveryMs: number) {
		this.#clock = clock
		this.#lookEveryMs = lookEveryMs
		this.#last = momentOf(clock)
	}

	/** Looks at the clocks. True where it slept since the last look. */
	look(): boolean {
		const present = momentOf(this.#clock)
		const slept = sleptBetween(this.#last, present, this.#lookEveryMs)
		this.#last = present
		if (slept) this.#wokeMs = present.nowMs
		return slept
	}

	/** Whether a request that was begun at `sinceMs` may have failed so because of a sleep since. */
	explains(code: ErrorCode, sinceMs: number): boolean {
		return sinceMs < this.#wokeMs && sleepBreaks.has(code)
	}
}
