import { RateWindow, RunningMedian } from '../model/rate.ts'
import type { Via } from '../transport/contract.ts'

/** What the lanes were at between two ticks. */
export interface CrewAtWork {
	readonly lanes: number
	readonly receiving: number
	/** How many there should be. */
	readonly wanted: number
	readonly heldBySink: number
}

/** Counts what a run did on the network. Bytes that are in the file are the segment map's to count. */
export class Meter {
	requests = 0
	/** Body bytes off the network, wasted ones too. */
	bytesReceived = 0
	connectionsPeak = 0
	/** Connections that a server turned down while others were received. */
	refusals = 0
	/** Requests that failed and were made again. */
	retries = 0
	/** Connections that were replaced because they were far slower than the others. */
	reopened = 0
	/** Segments whose last bytes came first on a second connection. */
	hedged = 0
	/** While no lane received, because each waited for a head or for its next attempt. */
	waitedForServerMs = 0
	/** While all lanes were held back by the sink. */
	waitedForDiskMs = 0
	/** While a lane had to wait for the rate limit. */
	heldByLimitMs = 0
	/** Whether one had to since the tick before. */
	limited = false
	/** While one lane alone was left, and there was nothing to do for others that were wanted. */
	heldUpByOneLaneMs = 0
	/** The highest that the goodput was so far. */
	bestBytesPerSecond = 0
	readonly headDelay: RunningMedian = new RunningMedian()
	readonly connectDelay: RunningMedian = new RunningMedian()
	/** Milliseconds between two ticks in which a lane received. */
	readonly gap: RunningMedian = new RunningMedian(60)
	readonly goodput: RateWindow = new RateWindow(2000)
	#lastTickMs: number | undefined

	noteAnswer(via: Via): void {
		this.headDelay.note(via.headMs)
		if (!via.reused) this.connectDelay.note(via.connectMs)
	}

	/** From here on bytes are expected: the first tick can tell a rate. */
	begin(nowMs: number): void {
		this.goodput.note(nowMs, this.bytesReceived)
	}

	/** The process did not run for a while: that time is nobody's. */
	wake(nowMs: number): void {
		this.goodput.clear()
		this.#lastTickMs = nowMs
	}

	tick(nowMs: number, crew: CrewAtWork, limited: boolean): void {
		this.limited = limited
		const sinceMs = nowMs - (this.#lastTickMs ?? nowMs)
		this.#lastTickMs = nowMs
		this.goodput.note(nowMs, this.bytesReceived)
		this.bestBytesPerSecond = Math.max(this.bestBytesPerSecond, this.goodput.bytesPerSecond ?? 0)
		if (crew.lanes === 0) return
		if (crew.receiving === 0) this.waitedForServerMs += sinceMs
		if (crew.heldBySink === crew.lanes) this.waitedForDiskMs += sinceMs
		if (limited) this.heldByLimitMs += sinceMs
		if (crew.lanes === 1 && crew.wanted > 1 && this.connectionsPeak > 1) this.heldUpByOneLaneMs += sinceMs
	}
}
