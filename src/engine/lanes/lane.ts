import { type Cancel, CancelSource } from '../../base/abort.ts'
import type { DownloadError } from '../../base/errors.ts'
import { RateWindow } from '../../model/rate.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { Source } from '../sources/source.ts'
import { Attempt, type AttemptOrder } from './attempt.ts'
import { BlockIntake } from './intake.ts'
import type { LaneFailure, LaneWork } from './lane-work.ts'
import type { OpenResponse } from './open-response.ts'
import type { LaneView } from './scheduler.ts'

/** One connection and the segment that it works on: asks, receives, and recovers, until there is nothing left for it. */
export class Lane implements LaneView {
	readonly id: number
	/** Received over all its requests. */
	bytes = 0
	reopened = 0
	/** Another connection asks for the rest of its segment, too. */
	hedged = false
	/** The answer came from this host. */
	onMove: (host: string) => void = () => {}
	readonly #work: LaneWork
	readonly #cancel: CancelSource
	readonly #rate = new RateWindow(2000)
	readonly #begunMs: number
	#claim: Claim | undefined
	#intake: BlockIntake | undefined
	/** The last one; what it says of itself holds until there is the next. */
	#attempt: Attempt | undefined
	/** Undefined while the attempt is under way. */
	#resting: 'idle' | 'waiting' | undefined = 'idle'
	#leaving = false
	#expired: URL | undefined

	constructor(id: number, work: LaneWork, parent: Cancel) {
		this.id = id
		this.#work = work
		this.#begunMs = work.clock.now()
		this.#cancel = new CancelSource(parent)
	}

	get source(): Source {
		return this.#work.source
	}

	get claim(): Claim | undefined {
		return this.#claim
	}

	get phase(): 'idle' | 'asking' | 'receiving' | 'waiting' {
		return this.#resting ?? this.#attempt?.phase ?? 'idle'
	}

	/** Whether a first byte of the present response has come. */
	get receiving(): boolean {
		return this.phase === 'receiving' && this.#attempt?.firstByteCame === true
	}

	/** The machine slept since the present request was sent, and no byte has come after that: its connection may be gone. */
	get doubtful(): boolean {
		return this.#attempt?.doubtful ?? false
	}

	get stopped(): boolean {
		return this.phase === 'waiting'
	}

	get openEnded(): boolean {
		return this.#attempt?.openEnded ?? false
	}

	get bytesPerSecond(): number | undefined {
		return this.#rate.bytesPerSecond
	}

	/** What it has shown in its life: over all of it, waits too, where it was too short for a rate. Undefined without a byte. */
	get shownBytesPerSecond(): number | undefined {
		const lifeMs = this.#work.clock.now() - this.#begunMs
		return this.bytesPerSecond ?? (this.bytes > 0 && lifeMs > 0 ? (this.bytes * 1000) / lifeMs : undefined)
	}

	get pausedBySink(): boolean {
		return this.#intake?.paused ?? false
	}

	/** Whether its request can be given up at will: a stream has had what does not count before the end of the response. */
	get mayReopen(): boolean {
		return this.#work.sink.abilities.randomAccess || this.counted
	}

	/** Whether what came of the present response is the file's, however that ends. */
	get counted(): boolean {
		return this.#intake?.counted !== false
	}

	/** Held back on our side: nothing can come, and its silence says nothing. */
	get paused(): boolean {
		return this.pausedBySink || (this.#intake?.limited ?? false)
	}

	/** When the last byte came, the request was sent, or a pause or a sleep ended: whichever was last. */
	get silentSinceMs(): number {
		return this.#attempt?.silentSinceMs(this.receiving ? this.#intake?.lastByteMs : undefined) ?? 0
	}

	/**
	 * Works on `claim`, and on what it is given after that, until nothing is left for it.
	 * Rejects with what ends the download, or with the reason it was cancelled for.
	 */
	async run(claim: Claim, open?: OpenResponse): Promise<void> {
		this.#claim = claim
		try {
			const intake = new BlockIntake(await this.#firstBlock(claim), this.#work, this.#intakeEvents())
			this.#intake = intake
			try {
				await this.#fetch(claim, open)
				for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#fetch(next)
			} finally {
				intake.close()
			}
		} finally {
			open?.exchange.cancel(this.#cancel.reason)
			this.#cancel.detach()
		}
	}

	/** Ends the lane; its claim is free once `run` has settled. */
	cancel(reason: unknown): void {
		this.#cancel.cancel(reason)
	}

	/** Gives up the present request; the lane recovers from `error` as from any other failure. */
	abandon(error: DownloadError): void {
		this.#attempt?.cancel(error)
	}

	/** Gives up the present connection for a new one, which may do better. */
	reopen(error: DownloadError): void {
		this.reopened += 1
		this.#rate.clear()
		this.replace(error)
	}

	/** Gives up the present request, as no failure of it: another connection has done better, or may. */
	replace(error: DownloadError): void {
		this.#attempt?.replace(error)
	}

	/** After a sleep: neither its rate nor its silence says anything, and its connection has to show that it lives. */
	wake(nowMs: number): void {
		this.#rate.clear()
		this.#attempt?.wake(nowMs)
	}

	/** Writes what has come so far, so that a kill does not lose it. */
	writeFilled(): void {
		this.#intake?.writeFilled()
	}

	tick(nowMs: number): void {
		if (this.phase === 'receiving') this.#rate.note(nowMs, this.bytes)
	}

	async #firstBlock(claim: Claim): Promise<Uint8Array> {
		try {
			return await this.#work.blocks.take(this.#cancel)
		} catch (error) {
			this.#work.map.release(claim)
			throw error
		}
	}

	#next(): Claim | undefined {
		return this.#leaving || this.#cancel.cancelled ? undefined : this.#work.nextClaim(this)
	}

	async #fetch(claim: Claim, open?: OpenResponse): Promise<void> {
		this.#claim = claim
		let response = open
		let furthest = this.#work.reachedBefore(claim)
		try {
			while (claim.position < claim.end && !this.#leaving) {
				const attempt = this.#attemptNext()
				const failure = await attempt.run(claim, this.#orderFor(response))
				response = undefined
				const newBytes = Math.max(0, claim.position - furthest)
				furthest += newBytes
				// What another has taken over meanwhile is nobody's failure.
				if (failure === undefined || claim.position === claim.end) continue
				// That it was slow is no failure: it may ask again at once, however few retries there are.
				if (attempt.wasReplacedFor(failure.error)) this.#work.tellRetry(failure.error, 0, 0)
				else await this.#recoverFrom({ ...failure, newBytes }, attempt, furthest)
				this.#work.prepareRetry(claim)
			}
		} finally {
			this.#claim = undefined
			this.#resting = 'idle'
			this.#work.map.release(claim)
		}
	}

	#attemptNext(): Attempt {
		this.#attempt = new Attempt(this.#work, this.#cancel)
		this.#resting = undefined
		return this.#attempt
	}

	#orderFor(open: OpenResponse | undefined): AttemptOrder {
		const expired = this.#expired
		this.#expired = undefined
		return { intake: this.#intake as BlockIntake, open, expired, onMove: host => this.onMove(host) }
	}

	async #recoverFrom(failure: LaneFailure, { askedSinceMs }: Attempt, furthest: number): Promise<void> {
		const excused = failure.newBytes > 0 || this.#work.excusedBySleep(failure.error, askedSinceMs, furthest)
		await this.#recover(failure, excused ? 0 : this.#work.countFailureAt(furthest))
	}

	async #recover(failure: LaneFailure, attempt: number): Promise<void> {
		const decision = this.#work.decide(this, failure, attempt)
		switch (decision.kind) {
			case 'retry':
				this.#resting = 'waiting'
				await this.#work.clock.sleep(decision.delayMs, this.#cancel)
				if (this.#cancel.cancelled) throw this.#cancel.reason
				return
			case 'refresh':
				this.#expired = failure.askedAt
				return
			case 'leave':
				this.#leaving = true
				this.#resting = 'idle'
				return
			case 'give-up':
				throw failure.error
		}
	}

	#intakeEvents() {
		return {
			received: (bytes: number): void => {
				this.bytes += bytes
				this.#attempt?.came()
				this.#work.meter.bytesReceived += bytes
			},
			written: (claim: Claim, start: number, end: number, crc32: number | undefined): void =>
				this.#work.written(claim, start, end, crc32),
			failed: (error: unknown): void => this.#work.fail(error),
			grow: (claim: Claim, limit: number): boolean => this.#work.grow(claim, limit),
		}
	}
}
