import type { Clock } from '../base/clock.ts'

/** What a call may take for nothing: 256 KiB are copied into the system's memory in some 0.1 ms, on a busy machine in 1. */
const promptMs = 1
/** The share of its time that the event loop may wait in calls which take longer. */
const share = 0.25
/** So much of it at once. A write that meets a sync of the same file takes 5 to 50 ms; one by a thread would take no less. */
const atOnceMs = 50

/**
 * Decides whether the event loop makes a system call itself or has a thread of the pool make it.
 *
 * As long as the disk keeps up, a write is a copy into the system's memory and a name is looked up there: the way to a
 * thread and back, and threads that wait for each other at the same file, cost more than the call. 1 GiB over loopback on
 * two cores took 1.4 s of processor time so, and 2.8 s by threads, with six futex calls a write. Where the disk does not
 * keep up the system has the caller wait, and the event loop has others to serve: it waits for a quarter of the time at
 * the most, and leaves what is beyond that to the pool.
 */
export class PromptCalls {
	readonly #clock: Pick<Clock, 'now'>
	/** Waited, and not yet made up for by time in which nobody waited. */
	#owedMs = 0
	#lastMs: number

	constructor(clock: Pick<Clock, 'now'>) {
		this.#clock = clock
		this.#lastMs = clock.now()
	}

	/** Whether the next one may be made by the event loop. */
	get expected(): boolean {
		return this.#owedMs === 0 || this.#settle(this.#clock.now()) <= atOnceMs
	}

	/** Makes a call, and learns from how long it takes. */
	make<T>(call: () => T): T {
		const startedMs = this.#clock.now()
		try {
			return call()
		} finally {
			const endedMs = this.#clock.now()
			const tookMs = endedMs - startedMs
			if (tookMs > promptMs) this.#owedMs = this.#settle(endedMs) + tookMs
		}
	}

	#settle(nowMs: number): number {
		this.#owedMs = Math.max(0, this.#owedMs - share * (nowMs - this.#lastMs))
		this.#lastMs = nowMs
		return this.#owedMs
	}
}
