import type { Clock, Timer } from '../base/clock.ts'
import {
	changeRate,
	giftFor,
	portionEveryMs,
	putBack,
	type RateBucket,
	refill,
	shareOut,
	spend,
	startBucket,
} from '../control/rate-limit.ts'

/** The limit that all downloads share, changeable while they run: lanes ask it for leave, and wait where there is none. */
export class RateLimit {
	readonly #clock: Clock
	/** Undefined: everything may come. */
	#bucket: RateBucket | undefined
	readonly #lanes = new Set<Allowance>()
	/** In the order of asking. */
	#waiting: readonly Allowance[] = []
	#timer: Timer | undefined

	constructor(clock: Clock, bytesPerSecond: number | undefined) {
		this.#clock = clock
		this.set(bytesPerSecond)
	}

	set(bytesPerSecond: number | undefined): void {
		if (bytesPerSecond === this.#bucket?.bytesPerSecond) return
		const nowMs = this.#clock.now()
		const before = this.#bucket
		if (bytesPerSecond === undefined) this.#bucket = undefined
		else if (before === undefined) this.#bucket = startBucket(bytesPerSecond, nowMs)
		else this.#bucket = changeRate(before, bytesPerSecond, nowMs)
		if (before === undefined) for (const lane of this.#lanes) lane.bytes = 0
		if (this.#bucket === undefined) this.#lift()
	}

	/** The part of one download in the limit. */
	join(): RateShare {
		return new RateShare(this)
	}

	/** What a lane that begins may have before it asks. */
	enter(allowance: Allowance): number {
		this.#lanes.add(allowance)
		return this.#bucket === undefined ? Number.POSITIVE_INFINITY : 0
	}

	leave(allowance: Allowance): void {
		this.#lanes.delete(allowance)
		if (this.#bucket === undefined) return
		this.#bucket = allowance.bytes < 0 ? spend(this.#bucket, -allowance.bytes) : putBack(this.#bucket, allowance.bytes)
	}

	/** What a lane may have now that has used up what it had; 0 where it has to wait. */
	ask(allowance: Allowance): number {
		if (this.#bucket === undefined) return Number.POSITIVE_INFINITY
		this.#bucket = spend(refill(this.#bucket, this.#clock.now()), -allowance.bytes)
		const gift = this.#waiting.length === 0 ? giftFor(this.#bucket, this.#lanes.size) : 0
		if (gift === 0) this.#wait(allowance)
		else this.#bucket = spend(this.#bucket, gift)
		return gift
	}

	withdraw(allowance: Allowance): void {
		this.#waiting = this.#waiting.filter(other => other !== allowance)
		if (this.#waiting.length === 0) this.#stop()
	}

	#wait(allowance: Allowance): void {
		this.#waiting = [...this.#waiting, allowance]
		this.#timer ??= this.#clock.after(portionEveryMs, () => this.#giveOut())
	}

	#giveOut(): void {
		this.#timer = undefined
		const waiting = this.#waiting
		const bucket = refill(this.#bucket as RateBucket, this.#clock.now())
		const shares = shareOut(
			bucket,
			waiting.map(({ download }) => download),
		)
		this.#bucket = spend(
			bucket,
			shares.reduce((sum, share) => sum + share, 0),
		)
		this.#waiting = waiting.filter((_, index) => shares[index] === 0)
		if (this.#waiting.length > 0) this.#timer = this.#clock.after(portionEveryMs, () => this.#giveOut())
		for (const [index, lane] of waiting.entries()) if (shares[index] !== 0) lane.grant(shares[index] as number)
	}

	#lift(): void {
		const waiting = this.#waiting
		this.#waiting = []
		this.#stop()
		for (const lane of this.#lanes) lane.bytes = Number.POSITIVE_INFINITY
		for (const lane of waiting) lane.grant(Number.POSITIVE_INFINITY)
	}

	#stop(): void {
		this.#timer?.stop()
		this.#timer = undefined
	}
}

/** One download under the limit: it gets as much as each of the others, however many lanes it has. */
export class RateShare {
	readonly #limit: RateLimit
	#waiting = 0
	#heldBack = false

	constructor(limit: RateLimit) {
		this.#limit = limit
	}

	/** For one lane; `onGrant` is called when it may go on after it was told to wait. To be closed. */
	open(onGrant: () => void): Allowance {
		return new Allowance(this.#limit, this, onGrant)
	}

	/** A lane begins to wait, or (-1) waits no longer. */
	noteWaiting(change: 1 | -1): void {
		this.#waiting += change
		this.#heldBack = true
	}

	/** Whether a lane had to wait since the last look. */
	look(): boolean {
		const heldBack = this.#heldBack
		this.#heldBack = this.#waiting > 0
		return heldBack
	}
}

/** What one lane may receive: what it was given, and a byte on credit where it has to have memory without that. */
export class Allowance {
	readonly download: RateShare
	/** Left of what was given; below 0 where more came. */
	bytes: number
	readonly #limit: RateLimit
	readonly #onGrant: () => void
	#waits = false

	constructor(limit: RateLimit, download: RateShare, onGrant: () => void) {
		this.#limit = limit
		this.download = download
		this.#onGrant = onGrant
		this.bytes = limit.enter(this)
	}

	/** Has asked and was told to wait. */
	get waits(): boolean {
		return this.#waits
	}

	/** How much may come next; never nothing, for a socket that flows must have memory. */
	get next(): number {
		return Math.max(1, this.bytes)
	}

	use(bytes: number): void {
		this.bytes -= bytes
	}

	/** Whether more may come now; where not, `onGrant` follows. */
	ask(): boolean {
		if (this.bytes > 0) return true
		const given = this.#limit.ask(this)
		this.bytes = given
		if (given === 0) this.#setWaits(true)
		return given > 0
	}

	grant(bytes: number): void {
		this.bytes = bytes
		this.#setWaits(false)
		this.#onGrant()
	}

	/** It does not want any more at present. */
	withdraw(): void {
		if (!this.#waits) return
		this.#limit.withdraw(this)
		this.#setWaits(false)
	}

	close(): void {
		this.withdraw()
		this.#limit.leave(this)
	}

	#setWaits(waits: boolean): void {
		this.#waits = waits
		this.download.noteWaiting(waits ? 1 : -1)
	}
}
