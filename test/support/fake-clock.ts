import type { Cancel } from '../../src/base/abort.ts'
import { type Clock, sleepBy, type Timer } from '../../src/base/clock.ts'

interface Pending extends Timer {
	dueMs: number
	/** Breaks ties: of two timers due at once, the one that was set first fires first. */
	readonly order: number
	fire(): void
}

/** Virtual time: it moves only when a test says so, and everything that a moment caused has happened before the next. */
export class FakeClock implements Clock {
	/** What `sleep` was asked for, in order, in milliseconds. */
	readonly slept: number[] = []
	readonly #timers = new Set<Pending>()
	readonly #wallAtStartMs: number
	#wallAheadMs = 0
	#nowMs = 0
	#order = 0

	constructor(wallAtStart: Date = new Date('2026-01-01T00:00:00Z')) {
		this.#wallAtStartMs = wallAtStart.getTime()
	}

	/** How many timers and sleeps have neither fired nor been stopped. */
	get pending(): number {
		return this.#timers.size
	}

	now(): number {
		return this.#nowMs
	}

	wall(): Date {
		return new Date(this.#wallAtStartMs + this.#nowMs + this.#wallAheadMs)
	}

	sleep(ms: number, cancel?: Cancel): Promise<void> {
		this.slept.push(ms)
		return sleepBy((delayMs, action) => this.after(delayMs, action), ms, cancel)
	}

	after(ms: number, action: () => void): Timer {
		const timer = this.#set(ms, () => {
			timer.stop()
			action()
		})
		return timer
	}

	every(ms: number, tick: () => void): Timer {
		if (!(ms > 0)) throw new RangeError(`A period of ${ms} ms would stop virtual time`)
		const timer = this.#set(ms, () => {
			timer.dueMs = this.#nowMs + ms
			tick()
		})
		return timer
	}

	/** Lets `ms` pass, firing what falls due in its order. */
	async advance(ms: number): Promise<void> {
		const endMs = this.#nowMs + ms
		await settle()
		for (let next = this.#next(); next !== undefined && next.dueMs <= endMs; next = this.#next()) await this.#fire(next)
		this.#nowMs = endMs
	}

	/** The calendar is set ahead or, by less than 0 ms, back; no timer notices. */
	moveWall(ms: number): void {
		this.#wallAheadMs += ms
	}

	/** The machine sleeps as Linux does: the calendar goes on meanwhile, and the monotonic clock stands still. */
	suspend(ms: number): void {
		this.moveWall(ms)
	}

	/** The process is stopped for `ms`: both clocks go on, and what falls due meanwhile comes late, all of it at once. */
	async stop(ms: number): Promise<void> {
		await settle()
		this.#nowMs += ms
		await this.advance(0)
	}

	/**
	 * Goes from timer to timer until `promise` settles, and settles as it did.
	 *
	 * Throws when `limitMs` of virtual time (default one hour) have passed first, and when nothing is left that could
	 * settle it: for what is run so, both mean that it hangs.
	 */
	async runUntil<T>(promise: Promise<T>, { limitMs = 3_600_000 }: { limitMs?: number } = {}): Promise<T> {
		const endMs = this.#nowMs + limitMs
		let settled = false
		const note = (): void => {
			settled = true
		}
		promise.then(note, note)
		await settle()
		while (!settled) {
			const next = this.#next()
			if (next === undefined) throw new Error(`Nothing is pending at ${this.#nowMs} ms, and the promise is not settled`)
			if (next.dueMs > endMs) throw new Error(`The promise is not settled after ${limitMs} ms of virtual time`)
			await this.#fire(next)
		}
		return promise
	}

	#set(ms: number, fire: () => void): Pending {
		const timer: Pending = {
			dueMs: this.#nowMs + Math.max(0, ms),
			order: this.#order++,
			fire,
			stop: () => this.#timers.delete(timer),
		}
		this.#timers.add(timer)
		return timer
	}

	#next(): Pending | undefined {
		let first: Pending | undefined
		for (const timer of this.#timers) if (first === undefined || comesBefore(timer, first)) first = timer
		return first
	}

	async #fire(timer: Pending): Promise<void> {
		this.#nowMs = Math.max(this.#nowMs, timer.dueMs)
		timer.fire()
		await settle()
	}
}

function comesBefore(a: Pending, b: Pending): boolean {
	return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
}

/**
 * Waits until every chain of promises that can run has run to its end, however long it is.
 *
 * A tick comes when the queue of microtasks is empty; the second one covers what was itself put off by a tick.
 */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 2; turn++) await new Promise<void>(resolve => process.nextTick(resolve))
}
