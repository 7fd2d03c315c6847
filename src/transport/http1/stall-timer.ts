import type { Clock, Timer } from '../../base/clock.ts'
import { momentOf, sleptBetween } from '../../base/sleep.ts'

/**
 * Fires once nothing has happened for `limitMs`.
 *
 * `touch` is called for every read of a socket: it only notes the time, and the one timer that is running looks at that
 * when it fires. Time in which the process did not run is not silence: bytes that came meanwhile wait in the socket, which
 * is read after the timers.
 */
export class StallTimer {
	readonly #clock: Clock
	readonly #limitMs: number
	readonly #onStall: () => void
	#since = 0
	#timer: Timer | undefined

	constructor(clock: Clock, limitMs: number, onStall: () => void) {
		this.#clock = clock
		this.#limitMs = limitMs
		this.#onStall = onStall
	}

	/** Begins, or begins anew, to count. */
	start(): void {
		this.#since = this.#clock.now()
		if (this.#timer === undefined) this.#waitFor(this.#limitMs)
	}

	touch(): void {
		this.#since = this.#clock.now()
	}

	stop(): void {
		this.#timer?.stop()
		this.#timer = undefined
	}

	#waitFor(ms: number): void {
		const begun = momentOf(this.#clock)
		this.#timer = this.#clock.after(ms, () => {
			this.#timer = undefined
			if (sleptBetween(begun, momentOf(this.#clock), ms)) return this.start()
			const leftMs = this.#since + this.#limitMs - this.#clock.now()
			if (leftMs > 0) this.#waitFor(leftMs)
			else this.#onStall()
		})
	}
}
