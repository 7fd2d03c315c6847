import type { Clock } from '../base/clock.ts'
import type { ErrorCode } from '../base/errors.ts'
import { Wakefulness } from './wakefulness.ts'

const tickMs = 50

/** What is looked after. */
export interface Beating {
	tick(nowMs: number): void
	/** The process did not run for a while: nothing is to be concluded from the time that nobody was there. */
	wake(nowMs: number): void
	/** Either of them failed. */
	fail(error: unknown): void
}

/** Looks after a transfer every 50 ms, and notices when nobody did for longer. */
export class Heartbeat {
	readonly #clock: Clock
	readonly #of: Beating
	readonly #wakefulness: Wakefulness

	constructor(clock: Clock, of: Beating) {
		this.#clock = clock
		this.#of = of
		this.#wakefulness = new Wakefulness(clock, tickMs)
	}

	/** Beats until the returned function is called. */
	start(): () => void {
		const ticking = this.#clock.every(tickMs, () => this.#beat())
		return () => ticking.stop()
	}

	/** Whether a request that was begun at `sinceMs` may have failed so because of a sleep since. */
	sleepExplains(code: ErrorCode, sinceMs: number): boolean {
		// Timers that are due after a sleep come in any order: the one that found this failure may be before ours.
		this.#look()
		return this.#wakefulness.explains(code, sinceMs)
	}

	#beat(): void {
		try {
			this.#look()
			this.#of.tick(this.#clock.now())
		} catch (error) {
			// A fault of ours ends this download; thrown from a timer it would end the process.
			this.#of.fail(error)
		}
	}

	#look(): void {
		if (this.#wakefulness.look()) this.#of.wake(this.#clock.now())
	}
}
