import { afterRefusal, afterSuccess, allowedNow, type HostBudget, unknownBudget } from '../../control/host-budget.ts'
import type { Committed } from '../../model/combine.ts'
import { RunningMedian } from '../../model/rate.ts'
import type { Locator } from '../lanes/locator.ts'

/** One source whose bytes may be used: where it is, its own version, and what it has shown. */
export class Source {
	/** 0 is the URL of the download, the others are mirrors. */
	readonly index: number
	readonly locator: Locator
	/** Its own validators: those of another source say nothing here. */
	readonly committed: Committed
	/** Rates of its lanes that have ended, in bytes a second. */
	readonly endedLaneRate: RunningMedian = new RunningMedian()
	/** Whether bytes of it are in the file. */
	hasWritten = false
	#ceiling: HostBudget = unknownBudget

	constructor(index: number, locator: Locator, committed: Committed) {
		this.index = index
		this.locator = locator
		this.committed = committed
	}

	get host(): string {
		return this.locator.url.host
	}

	/** How many lanes it may have now, by what it has refused to this download. */
	allowedNow(nowMs: number): number {
		return allowedNow(this.#ceiling, nowMs)
	}

	/** It refused a lane while `working` others were served. */
	refused(working: number, nowMs: number, retryAfterMs: number): void {
		this.#ceiling = afterRefusal(this.#ceiling, { working, nowMs, retryAfterMs })
	}

	/** It serves `working` lanes at once. */
	served(working: number, nowMs: number): void {
		this.#ceiling = afterSuccess(this.#ceiling, working, nowMs)
	}
}
