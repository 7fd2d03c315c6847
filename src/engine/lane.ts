import { type Cancel, CancelSource } from '../base/abort.ts'
import { DownloadError, isDownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import { parseContentRange } from '../model/content-range.ts'
import { RateWindow } from '../model/rate.ts'
import { type Claim, unknownEnd } from '../model/segment-map.ts'
import { statusError } from '../source/status-error.ts'
import type { Exchange } from '../transport/contract.ts'
import type { Answer } from './answer.ts'
import { BlockIntake } from './intake.ts'
import type { LaneFailure, LaneWork } from './lane-work.ts'
import { Restart } from './restart.ts'
import type { LaneView } from './scheduler.ts'

/** A response whose body begins where the lane's claim does. */
export interface OpenResponse {
	readonly exchange: Exchange
	/** What of the file it holds ends here. */
	readonly limit: number
}

/** One connection and the segment that it works on: asks, receives, and recovers, until there is nothing left for it. */
export class Lane implements LaneView {
	readonly id: number
	/** Received over all its requests. */
	bytes = 0
	phase: 'idle' | 'asking' | 'receiving' | 'waiting' = 'idle'
	reopened = 0
	/** The answer came from this host. */
	onMove: (host: string) => void = () => {}
	readonly #work: LaneWork
	readonly #cancel: CancelSource
	readonly #rate = new RateWindow(2000)
	#claim: Claim | undefined
	#intake: BlockIntake | undefined
	#request: CancelSource | undefined
	#limit = 0
	#askedSinceMs = 0
	#firstByteCame = false
	#leaving = false
	#askedAt: URL
	#expired: URL | undefined

	constructor(id: number, work: LaneWork, parent: Cancel) {
		this.id = id
		this.#work = work
		this.#askedAt = work.url
		this.#cancel = new CancelSource(parent)
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
		return this.#limit >= (this.#work.map.bytes ?? unknownEnd)
	}

	get bytesPerSecond(): number | undefined {
		return this.#rate.bytesPerSecond
	}

	get pausedBySink(): boolean {
		return this.#intake?.paused ?? false
	}

	/** When the last byte came, the request was sent, or a pause ended: whichever was last. */
	get silentSinceMs(): number {
		return this.receiving ? (this.#intake?.lastByteMs ?? this.#askedSinceMs) : this.#askedSinceMs
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
		let furthest = claim.position
		let attempt = 0
		try {
			while (claim.position < claim.end && !this.#leaving) {
				const failure = await this.#attempt(claim, response)
				response = undefined
				// A new byte is one beyond the furthest that any attempt reached.
				attempt = claim.position > furthest ? 0 : attempt + 1
				furthest = Math.max(furthest, claim.position)
				if (failure === undefined) continue
				await this.#recover(failure, attempt)
				this.#work.prepareRetry(claim)
			}
		} finally {
			this.#claim = undefined
			this.phase = 'idle'
			this.#work.map.release(claim)
		}
	}

	/** One request and its body. Answers with the failure where there was one that the lane may recover from. */
	async #attempt(claim: Claim, open: OpenResponse | undefined): Promise<LaneFailure | undefined> {
		const request = new CancelSource(this.#cancel)
		this.#request = request
		this.#askedSinceMs = this.#work.clock.now()
		this.#askedAt = this.#work.url
		this.#firstByteCame = false
		try {
			const response = open ?? (await this.#ask(claim, request))
			if (response !== undefined) await this.#receive(claim, response, request)
			return undefined
		} catch (error) {
			if (this.#cancel.cancelled) throw this.#cancel.reason
			if (!isDownloadError(error)) throw error
			return { error, beforeFirstByte: !this.#firstByteCame, askedAt: this.#askedAt }
		} finally {
			request.detach()
			this.#request = undefined
		}
	}

	async #ask(claim: Claim, cancel: Cancel): Promise<OpenResponse | undefined> {
		this.phase = 'asking'
		const expired = this.#expired
		this.#expired = undefined
		const answer = await this.#work.ask(claim, cancel, expired)
		this.onMove(answer.url.host)
		switch (answer.combination.kind) {
			case 'part':
				return { exchange: answer.exchange, limit: answer.combination.range.end }
			case 'whole':
				return this.#useWhole(claim, answer)
			case 'ended':
				this.#work.endAt(claim.position, true)
				return undefined
			case 'changed':
				throw new Restart('changed', answer.combination.why)
			case 'refused':
				throw new DownloadError('E_PROTOCOL', `${redactUrl(answer.url)} sent ${answer.combination.why}`, {
					details: { refusedPart: true },
				})
			case 'status':
				throw statusError(answer.url, answer.exchange.head)
		}
	}

	/** A 200: right for a claim from the first byte; elsewhere it means that ranges are gone, or were never there. */
	#useWhole(claim: Claim, answer: Answer): OpenResponse {
		if (claim.start === 0 && claim.position === 0) {
			return { exchange: answer.exchange, limit: this.#work.map.bytes ?? unknownEnd }
		}
		answer.exchange.cancel(undefined)
		throw new DownloadError('E_PROTOCOL', `${redactUrl(answer.url)} ignored the range that was asked for`, {
			details: { refusedPart: true },
		})
	}

	async #receive(claim: Claim, { exchange, limit }: OpenResponse, cancel: Cancel): Promise<void> {
		const intake = this.#intake as BlockIntake
		const startedAt = claim.position
		this.#limit = limit
		this.phase = 'receiving'
		intake.begin(claim, exchange, limit)
		const stopListening = cancel.onCancel(reason => exchange.cancel(reason))
		try {
			const end = await exchange.receive(intake)
			if (limit === unknownEnd) this.#work.endAt(claim.position, end.lengthVerified)
			else if (claim.position < Math.min(limit, claim.end))
				throw this.#endedEarly(claim.position - startedAt, limit - startedAt)
			intake.count()
		} catch (error) {
			if (!intake.overrun) throw error
			if (claim.position === limit) this.#checkOverrun(exchange, limit, intake.counted)
			intake.count()
		} finally {
			stopListening()
			await intake.end()
			if (!intake.counted) this.#takeBack(claim, startedAt)
			this.#limit = 0
		}
	}

	/** A whole that runs on is another file than the one whose length was told; a part that belies its own head is none. */
	#checkOverrun({ head }: Exchange, limit: number, counted: boolean): void {
		if (head.status === 200) throw new Restart('changed', `the length was ${limit} and more came`)
		const promisedEnd = parseContentRange(head.fields.get('content-range'))?.range.end
		if (counted || promisedEnd !== limit) return
		throw new DownloadError('E_PROTOCOL', `${redactUrl(this.#work.url)} sent more than the part that it announced`, {
			details: { refusedPart: true },
		})
	}

	/** What came since turned out not to be the file, or nothing says that it is. A stream has had it already. */
	#takeBack(claim: Claim, to: number): void {
		if (claim.position > to && !this.#work.sink.abilities.randomAccess) {
			const what = 'broke off, and what was written to the stream cannot be taken back'
			this.#work.fail(new DownloadError('E_TRUNCATED', `${redactUrl(this.#work.url)} ${what}`))
		}
		this.#work.map.rewind(claim, to)
	}

	/** The framing was kept and the promise of Content-Range was not: these bytes are no part of the file. */
	#endedEarly(came: number, promised: number): DownloadError {
		return new DownloadError(
			'E_TRUNCATED',
			`${redactUrl(this.#work.url)} sent ${came} of ${promised} bytes and called them whole`,
		)
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
				this.#work.meter.bytesReceived += bytes
			},
			written: (claim: Claim, start: number, end: number, crc32: number | undefined): void =>
				this.#work.written(claim, start, end, crc32),
			failed: (error: unknown): void => this.#work.fail(error),
			grow: (claim: Claim, limit: number): boolean => this.#work.grow(claim, limit),
		}
	}
}
