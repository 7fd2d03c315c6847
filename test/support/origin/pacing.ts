import { performance } from 'node:perf_hooks'
import type { Clock, Timer } from '../../../src/base/clock.ts'

const tickMs = 10

/** A response that waits for its share of the line. */
export interface Paced {
	/** How many bytes could be sent at once: 0 while the client's side of the socket is full, or while stalled. */
	wanted(): number
	send(bytes: number): void
}

/** An origin is the outside world, and its time is real; tests of the pacing itself bring their own. */
export type PacerClock = Pick<Clock, 'now' | 'every'>

const realClock: PacerClock = {
	now: () => performance.now(),
	every(ms, tick) {
		const interval = setInterval(tick, ms)
		return { stop: () => clearInterval(interval) }
	},
}

/** Bytes a second, or what they are at the moment. Infinite: no limit. */
export type Rate = number | (() => number)

/** Whether a rate can hold anything back. */
export function isLimit(rate: Rate): boolean {
	return typeof rate === 'function' || Number.isFinite(rate)
}

interface Entry {
	readonly paced: Paced
	/** Infinite where only the line limits. */
	readonly rate: Rate
	credit: number
	lastMs: number
}

/**
 * Lets responses run at their own rates and, together, at the rate of the line.
 *
 * Every 10 ms each is granted what its rate made in the time that has really passed, so that a late tick changes nothing
 * in the average. What could not be sent, because the client did not read or the line was full, is lost to it: a rate is
 * an upper limit at every moment, never a debt.
 */
export class Pacer {
	readonly #entries = new Set<Entry>()
	readonly #lineRate: Rate
	#lineCredit = 0
	#lineLastMs = 0
	readonly #clock: PacerClock
	#timer: Timer | undefined

	constructor(lineBytesPerSecond: Rate = Number.POSITIVE_INFINITY, clock: PacerClock = realClock) {
		this.#lineRate = lineBytesPerSecond
		this.#clock = clock
	}

	/** Whether the line itself has a limit, so that a response without one must be paced as well. */
	get limited(): boolean {
		return isLimit(this.#lineRate)
	}

	/** Begins to grant. Returns how to stop. */
	add(paced: Paced, bytesPerSecond: Rate): () => void {
		const nowMs = this.#clock.now()
		const entry = { paced, rate: bytesPerSecond, credit: 0, lastMs: nowMs }
		if (this.#entries.size === 0) {
			this.#lineLastMs = nowMs
			this.#timer = this.#clock.every(tickMs, () => this.#tick(this.#clock.now()))
		}
		this.#entries.add(entry)
		return () => this.#remove(entry)
	}

	#remove(entry: Entry): void {
		this.#entries.delete(entry)
		if (this.#entries.size === 0) this.#timer?.stop()
	}

	#tick(nowMs: number): void {
		const line = this.#lineCredit + made(nowMs - this.#lineLastMs, this.#lineRate)
		this.#lineLastMs = nowMs
		const claims = [...this.#entries].map(entry => ({ entry, bytes: claimOf(entry, nowMs) }))
		const granted = share(
			claims.map(claim => claim.bytes),
			Math.floor(line),
		)
		let sent = 0
		for (const [index, { entry }] of claims.entries()) {
			const bytes = granted[index] ?? 0
			entry.credit = fractionOf(entry.credit - bytes)
			sent += bytes
			if (bytes > 0) entry.paced.send(bytes)
		}
		this.#lineCredit = this.limited ? fractionOf(line - sent) : 0
	}
}

function claimOf(entry: Entry, nowMs: number): number {
	entry.credit += made(nowMs - entry.lastMs, entry.rate)
	entry.lastMs = nowMs
	return Math.min(Math.floor(entry.credit), entry.paced.wanted())
}

/** An infinite rate makes infinitely much in no time, too. */
function made(elapsedMs: number, rate: Rate): number {
	const bytesPerSecond = typeof rate === 'function' ? rate() : rate
	return Number.isFinite(bytesPerSecond) ? (elapsedMs * bytesPerSecond) / 1000 : bytesPerSecond
}

/** What is under one byte is kept for the next tick, for the average; more was an opportunity and has passed. */
function fractionOf(credit: number): number {
	return credit < 1 ? credit : 0
}

/** Shares `total` fairly: nobody gets more than it claims, and of what that leaves all have the same. */
function share(claims: readonly number[], total: number): number[] {
	const granted = claims.map(() => 0)
	const smallestFirst = claims.map((_, index) => index).sort((a, b) => (claims[a] ?? 0) - (claims[b] ?? 0))
	let left = total
	for (const [position, index] of smallestFirst.entries()) {
		const fair = Math.floor(left / (smallestFirst.length - position))
		const bytes = Math.min(claims[index] ?? 0, fair)
		granted[index] = bytes
		left -= bytes
	}
	return granted
}
