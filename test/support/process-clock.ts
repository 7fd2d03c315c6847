import type { Cancel } from '../../src/base/abort.ts'
import { type Clock, sleepBy, type Timer } from '../../src/base/clock.ts'

/** A clock as one process has it: once the process is dead, nothing that it set ever fires. */
export class ProcessClock implements Clock {
	readonly #clock: Clock
	readonly #timers = new Set<Timer>()
	#alive = true

	constructor(clock: Clock) {
		this.#clock = clock
	}

	/** How many timers and sleeps of this process have neither fired nor been stopped. */
	get pending(): number {
		return this.#timers.size
	}

	die(): void {
		this.#alive = false
		for (const timer of this.#timers) timer.stop()
		this.#timers.clear()
	}

	now(): number {
		return this.#clock.now()
	}

	wall(): Date {
		return this.#clock.wall()
	}

	sleep(ms: number, cancel?: Cancel): Promise<void> {
		return sleepBy((delayMs, action) => this.after(delayMs, action), ms, cancel)
	}

	after(ms: number, action: () => void): Timer {
		const timer = this.#clock.after(ms, () => {
			this.#timers.delete(timer)
			action()
		})
		return this.#keep(timer)
	}

	every(ms: number, tick: () => void): Timer {
		return this.#keep(this.#clock.every(ms, tick))
	}

	#keep(timer: Timer): Timer {
		// What a dead process still did within the moment of its death has no effect.
		if (!this.#alive) timer.stop()
		else this.#timers.add(timer)
		return {
			stop: () => {
				this.#timers.delete(timer)
				timer.stop()
			},
		}
	}
}
