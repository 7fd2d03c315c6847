import { type Cancel, CancelSource } from '../../base/abort.ts'
import { DownloadError, isDownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { ByteRange } from '../../model/byte-range.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { Exchange } from '../../transport/contract.ts'
import type { LaneWork } from './lane-work.ts'
import type { Shelf } from './shelf.ts'

/** The lane whose last bytes are raced for. */
export interface Raced {
	replace(error: DownloadError): void
}

export interface HedgeParts {
	/** Of the source that is asked. */
	readonly work: LaneWork
	/** What the other lane is at. */
	readonly claim: Claim
	readonly lane: Raced
	/** For what was left of the claim when the race began. */
	readonly range: ByteRange
	readonly shelf: Shelf
	/** The answer came from this host. */
	readonly onMove: (host: string) => void
	readonly cancel: Cancel
}

/** Why a hedge was cancelled: there is nothing left to win. */
class RaceOver extends Error {
	override readonly name = 'RaceOver'
}

/**
 * A second request for the last bytes of a segment.
 *
 * It holds no claim and writes nothing until it has every byte in memory; then it takes what the lane still lacks, as a
 * thief would, and writes that. So two never write the same bytes, and a hedge that fails or comes second costs its bytes
 * and nothing else.
 */
export class Hedge {
	readonly #parts: HedgeParts
	readonly #cancel: CancelSource

	constructor(parts: HedgeParts) {
		this.#parts = parts
		this.#cancel = new CancelSource(parts.cancel)
	}

	/** Resolves when the race is over and every write has settled: whether it was won. */
	async run(patienceMs: number): Promise<boolean> {
		const { work, shelf } = this.#parts
		const tooLate = work.clock.after(patienceMs, () => this.cancel())
		try {
			await this.#fetch()
			return shelf.full && (await this.#takeOver())
		} catch (error) {
			// The lane asks for the same bytes, and finds out by itself what is wrong with them.
			if (!this.#cancel.cancelled && !isDownloadError(error)) work.fail(error)
			return false
		} finally {
			tooLate.stop()
			this.#cancel.detach()
			shelf.close()
		}
	}

	cancel(): void {
		this.#cancel.cancel(new RaceOver())
	}

	/** Gives up once the lane has all that was raced for, or has let go of it. */
	look(): void {
		if (this.#lacking === undefined) this.cancel()
	}

	/** What the lane still lacks. A claim that has grown is past what was raced for; one that was rewound lacks more. */
	get #lacking(): ByteRange | undefined {
		const { work, claim, range } = this.#parts
		const start = Math.max(claim.position, range.start)
		const isOpen = work.map.claims.has(claim) && claim.end <= range.end && start < claim.end
		return isOpen ? { start, end: claim.end } : undefined
	}

	/** Only a part that is exactly what was asked for, of a length of its own, is trusted. */
	async #fetch(): Promise<void> {
		const { work, range, onMove } = this.#parts
		const { start, end } = range
		const { exchange, url, combination } = await work.ask({ start, position: start, end }, this.#cancel, undefined)
		onMove(url.host)
		const exact = combination.kind === 'part' && combination.range.start === start && combination.range.end === end
		if (exact && exchange.head.contentLength === end - start) await this.#receive(exchange)
		else exchange.cancel(undefined)
	}

	async #receive(exchange: Exchange): Promise<void> {
		const { shelf } = this.#parts
		shelf.onGrant = () => exchange.resume()
		const stopListening = this.#cancel.onCancel(reason => exchange.cancel(reason))
		try {
			await exchange.receive(shelf)
		} finally {
			stopListening()
		}
	}

	/** From the cut on the bytes are the hedge's alone: what the lane may still receive is beyond the end of its claim. */
	async #takeOver(): Promise<boolean> {
		const { work, claim, lane, shelf } = this.#parts
		const lacking = this.#lacking
		if (lacking === undefined || this.#cancel.cancelled) return false
		const own = work.map.claim(work.map.cut(claim, lacking.start))
		work.map.advance(own, own.end - own.start)
		lane.replace(new DownloadError('E_STALLED', `${redactUrl(work.url)} was faster on another connection`))
		const written = await Promise.allSettled(shelf.piecesOf(own).map(({ at, bytes }) => this.#write(own, at, bytes)))
		for (const piece of written) if (piece.status === 'rejected') work.fail(piece.reason)
		work.map.release(own)
		return true
	}

	async #write(own: Claim, at: number, bytes: Uint8Array): Promise<void> {
		const { work } = this.#parts
		const { crc32 } = await work.sink.write(at, bytes, { crc: work.crc() })
		work.written(own, at, at + bytes.length, crc32)
	}
}
