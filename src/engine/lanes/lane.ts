import { type Cancel, CancelSource } from '../../base/abort.ts'
import { type DownloadError, isDownloadError } from '../../base/errors.ts'
import { RateWindow } from '../../model/rate.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { Source } from '../sources/source.ts'
import { BlockIntake } from './intake.ts'
import type { LaneFailure, LaneWork } from './lane-work.ts'
import { type OpenResponse, openResponse } from './open-response.ts'
import { receive } from './receive.ts'
import type { LaneView } from './scheduler.ts'

/** One connection and the segment that it works on: asks, receives, and recovers, until there is nothing left for it. */
export class Lane implements LaneView {
	readonly id: number
	/** Received over all its requests. */
	bytes = 0
	phase: 'idle' | 'asking' | 'receiving' | 'waiting' = 'idle'
	reopened = 0
	/** Another connection asks for the rest of its segment, too. */
	hedged = false
	/** The machine slept since the present request was sent, and no byte has come after that: its connection may be gone. */
	doubtful = false
	/** The answer came from this host. */
	onMove: (host: string) => void = () => {}
	readonly #work: LaneWork
	readonly #cancel: CancelSource
	readonly #rate = new RateWindow(2000)
	readonly #begunMs: number
	#claim: Claim | undefined
	#intake: BlockIntake | undefined
	#request: CancelSource | undefined
	#openEnded = false
	#askedSinceMs = 0
	#wokeMs = 0
	#firstByteCame = false
	#leaving = false
	/** Why the present request was given up for another connection. */
	#replacing: DownloadError | undefined
	#askedAt: URL
	#expired: URL | undefined

	constructor(id: number, work: LaneWork, parent: Cancel) {
		this.id = id
		this.#work = work
		this.#askedAt = work.url
		this.#begunMs = work.clock.now()
		this.#cancel = new CancelSource(parent)
	}

	get source(): Source {
		return this.#work.source
	}

	get claim(): Claim | undefined {
		return this.#claim
	}

	/** Whether a first byte of the present response has come. */
	get receiving(): boolean {
		return this.phase === 'receiving' && this.#firstByteCame
	}

	get stopped(): boolean {
		return this.phase === 'waiting'
	}

	get openEnded(): boolean {
		return this.#openEnded
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
		const lastMs = this.receiving ? (this.#intake?.lastByteMs ?? this.#askedSinceMs) : this.#askedSinceMs
		return Math.max(lastMs, this.#wokeMs)
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
		this.#request?.cancel(error)
	}

	/** Gives up the present connection for a new one, which may do better. */
	reopen(error: DownloadError): void {
		this.reopened += 1
		this.#rate.clear()
		this.replace(error)
	}

	/** Gives up the present request, as no failure of it: another connection has done better, or may. */
	replace(error: DownloadError): void {
		this.#replacing = error
		this.abandon(error)
	}

	/** After a sleep: neither its rate nor its silence says anything, and its connection has to show that it lives. */
	wake(nowMs: number): void {
		this.#rate.clear()
		this.#wokeMs = nowMs
		this.doubtful = this.phase === 'asking' || this.phase === 'receiving'
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
				const failure = await this.#attempt(claim, response)
				response = undefined
				const newBytes = Math.max(0, claim.position - furthest)
				furthest += newBytes
				// What another has taken over meanwhile is nobody's failure.
				if (failure === undefined || claim.position === claim.end) continue
				// That it was slow is no failure: it may ask again at once, however few retries there are.
				if (failure.error === this.#replacing) this.#work.tellRetry(failure.error, 0, 0)
				else await this.#recoverFrom({ ...failure, newBytes }, furthest)
				this.#work.prepareRetry(claim)
			}
		} finally {
			this.#claim = undefined
			this.phase = 'idle'
			this.#work.map.release(claim)
		}
	}

	/** One request and its body. Answers with the failure where there was one that the lane may recover from. */
	async #attempt(claim: Claim, open: OpenResponse | undefined): Promise<Omit<LaneFailure, 'newBytes'> | undefined> {
		const request = new CancelSource(this.#cancel)
		this.#request = request
		this.#askedSinceMs = this.#work.clock.now()
		this.#askedAt = this.#work.url
		this.#firstByteCame = false
		this.doubtful = false
		try {
			const response = open ?? (await this.#ask(claim, request))
			if (response !== 'ended') await this.#receive(claim, response, request)
			return undefined
		} catch (error) {
			if (this.#cancel.cancelled) throw this.#cancel.reason
			if (!isDownloadError(error)) throw error
			return { error, beforeFirstByte: !this.#firstByteCame, askedAt: this.#askedAt }
		} finally {
			request.detach()
			this.#request = undefined
			this.doubtful = false
		}
	}

	async #ask(claim: Claim, cancel: Cancel): Promise<OpenResponse | 'ended'> {
		this.phase = 'asking'
		const expired = this.#expired
		this.#expired = undefined
		const answer = await this.#work.ask(claim, cancel, expired)
		this.onMove(answer.url.host)
		const response = openResponse(answer, claim, this.#work.map)
		if (response === 'ended') this.#work.endAt(claim.position, true)
		return response
	}

	async #receive(claim: Claim, response: OpenResponse, cancel: Cancel): Promise<void> {
		this.phase = 'receiving'
		this.#openEnded = response.openEnded
		try {
			await receive(this.#work, claim, response, this.#intake as BlockIntake, cancel)
		} finally {
			this.#openEnded = false
		}
	}

	async #recoverFrom(failure: LaneFailure, furthest: number): Promise<void> {
		const excused = failure.newBytes > 0 || this.#work.excusedBySleep(failure.error, this.#askedSinceMs, furthest)
		await this.#recover(failure, excused ? 0 : this.#work.countFailureAt(furthest))
	}

	async #recover(failure: LaneFailure, attempt: number): Promise<void> {
		const decision = this.#work.decide(this, failure, attempt)
		switch (decision.kind) {
			case 'retry':
				this.phase = 'waiting'
				await this.#work.clock.sleep(decision.delayMs, this.#cancel)
				if (this.#cancel.cancelled) throw this.#cancel.reason
				return
			case 'refresh':
				this.#expired = failure.askedAt
				return
			case 'leave':
				this.#leaving = true
				this.phase = 'idle'
				return
			case 'give-up':
				throw failure.error
		}
	}

	#intakeEvents() {
		return {
			received: (bytes: number): void => {
				this.bytes += bytes
				this.#firstByteCame = true
				this.doubtful = false
				this.#work.meter.bytesReceived += bytes
			},
			written: (claim: Claim, start: number, end: number, crc32: number | undefined): void =>
				this.#work.written(claim, start, end, crc32),
			failed: (error: unknown): void => this.#work.fail(error),
			grow: (claim: Claim, limit: number): boolean => this.#work.grow(claim, limit),
		}
	}
}
