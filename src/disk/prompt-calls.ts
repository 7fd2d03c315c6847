import type { Clock } from '../base/clock.ts'

/** Longer than this, a call did more than the memory of the system needs: 256 KiB are copied there in some 0.1 ms. */
const promptMs = 10
/** After a call that was not prompt, the event loop makes none for so many times as long as it took beyond that. */
const restraint = 10

/**
 * Decides whether the event loop makes a system call itself or has a thread of the pool make it.
 *
 * As long as the disk keeps up, a write is a copy into the system's memory and a name is looked up there: the way to a
 * thread and back, and threads that wait for each other at the same file, cost more than the call. 1 GiB over loopback on
 * two cores took 1.4 s of processor time so, and 2.8 s by threads, with six futex calls a write. Where the disk does not
 * keep up the system has the caller wait, and the event loop must not: a call that took long sends those that follow to
 * the pool, and waits hold the loop for a tenth of the time at the most. A busy processor alone makes a call late now and
 * then: that one costs little.
 */
export class PromptCalls {
	readonly #clock: Pick<Clock, 'now'>
	#notBeforeMs = Number.NEGATIVE_INFINITY

	constructor(clock: Pick<Clock, 'now'>) {
		this.#clock = clock
	}

	/** Whether the next one may be made by the event loop. */
	get expected(): boolean {
		return this.#clock.now() >= this.#notBeforeMs
	}

	/** Makes a call, and learns from how long it takes. */
	make<T>(call: () => T): T {
		const startedMs = this.#clock.now()
		try {
			return call()
		} finally {
			const endedMs = this.#clock.now()
			const tookMs = endedMs - startedMs
			if (tookMs > promptMs) this.#notBeforeMs = endedMs + restraint * (tookMs - promptMs)
		}
	}
}
