import type { Cancel } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import { DownloadError } from '../../base/errors.ts'
import type { BodyEnd, Intake } from '../contract.ts'
import { lostInBody } from '../network-error.ts'
import type { Scratch, Wire, WireEnd, WireReader } from '../wire.ts'
import type { BodyCounter } from './body-counter.ts'
import type { Outgoing } from './request.ts'
import { StallTimer } from './stall-timer.ts'

export interface BodyParts {
	readonly wire: Wire
	readonly scratch: Scratch
	readonly outgoing: Outgoing
	readonly counter: BodyCounter
	readonly clock: Clock
	/** Has not fired yet. */
	readonly cancel: Cancel
	/**
	 * Takes the wire over, and calls `then` when the body may be said to have ended; undefined where the connection must not
	 * serve another request.
	 */
	readonly onReusable: ((then: () => void) => void) | undefined
}

interface Settle {
	resolve(end: BodyEnd): void
	reject(error: unknown): void
}

type Outcome = { readonly end: BodyEnd } | { readonly error: unknown }

/**
 * The connection's state while a body is received.
 *
 * Where the wire carries nothing but the body, the socket is read straight into the reader's memory, never further than
 * the framing owes. The rest goes through the scratch and is copied: chunks, what came with the head, the first read
 * after a pause (Node was handed its memory when the pause began), and what TLS delivers in spite of a pause.
 *
 * It begins paused, until `receive`.
 */
export class BodyPhase implements WireReader {
	readonly #wire: Wire
	readonly #scratch: Scratch
	readonly #where: string
	readonly #counter: BodyCounter
	readonly #onReusable: BodyParts['onReusable']
	readonly #stall: StallTimer
	readonly #stopListening: () => void
	/** Undefined before `receive` and when the phase is over. */
	#into: Intake | undefined
	/** The intake's memory that the socket is being read into; undefined where that is the scratch. */
	#direct: Uint8Array | undefined
	#bytes = 0
	#paused = true
	/** What came while paused, in order. */
	readonly #held: Buffer[] = []
	#end: WireEnd | undefined
	#over = false
	#outcome: Outcome | undefined
	#settle: Settle | undefined

	constructor({ wire, scratch, outgoing, counter, clock, cancel, onReusable }: BodyParts) {
		const { stallTimeoutMs } = outgoing.request
		this.#wire = wire
		this.#scratch = scratch
		this.#where = outgoing.where
		this.#counter = counter
		this.#onReusable = onReusable
		this.#stall = new StallTimer(clock, stallTimeoutMs, () =>
			this.cancel(stalled(this.#where, stallTimeoutMs, this.#bytes)),
		)
		this.#stopListening = cancel.onCancel(reason => this.cancel(reason))
	}

	/** Takes over the wire; `rest` came together with the head. */
	start(rest: Buffer): void {
		this.#wire.reader = this
		if (rest.length > 0) this.#held.push(Buffer.from(rest))
	}

	receive(into: Intake): Promise<BodyEnd> {
		return new Promise((resolve, reject) => {
			this.#settle = { resolve, reject }
			if (this.#outcome !== undefined) this.#tell(this.#outcome)
			if (this.#over) return
			this.#into = into
			this.resume()
		})
	}

	resume(): void {
		if (!this.#paused || this.#into === undefined) return
		this.#paused = false
		this.#replay()
		if (this.#paused || this.#over) return
		this.#stall.start()
		this.#wire.resume()
	}

	/** Also how the phase fails by itself. */
	cancel(reason: unknown): void {
		if (!this.#leave()) return
		this.#settleOnceClosed({ error: reason })
	}

	memory(): Uint8Array {
		this.#direct = undefined
		if (this.#into === undefined || this.#paused || !this.#counter.bare) return this.#scratch
		const memory = this.#into.memory()
		const { owed } = this.#counter
		this.#direct = memory.length > owed ? memory.subarray(0, owed) : memory
		return this.#direct
	}

	filled(bytes: number): boolean {
		if (this.#over) return false
		this.#stall.touch()
		if (this.#direct !== undefined) this.#takeDirect(bytes)
		else if (this.#paused) this.#held.push(Buffer.from(this.#scratch.subarray(0, bytes)))
		else this.#consume(this.#scratch, bytes)
		return this.#over ? this.#wire.reader !== this : !this.#paused
	}

	ended(end: WireEnd): void {
		this.#end = end
		if (this.#into !== undefined && this.#held.length === 0) this.#settleEnd(end)
	}

	#takeDirect(bytes: number): void {
		this.#take(bytes)
		if (this.#counter.done) this.#finish()
	}

	/** Copies the body out of the first `to` bytes of `bytes`, and holds what a pause leaves over. */
	#consume(bytes: Buffer, to: number): void {
		try {
			let at = 0
			while (at < to && !this.#over && !this.#counter.done) {
				if (this.#counter.owed === 0) at = this.#counter.skip(bytes, at, to)
				else if (this.#paused) break
				else at += this.#copy(bytes, at, to)
			}
			if (at < to && !this.#over) this.#held.unshift(this.#own(bytes, at, to))
			if (this.#counter.done) this.#finish()
		} catch (error) {
			this.cancel(error)
		}
	}

	#copy(bytes: Buffer, at: number, to: number): number {
		const memory = (this.#into as Intake).memory()
		const copied = Math.min(this.#counter.owed, memory.length, to - at)
		bytes.copy(memory, 0, at, at + copied)
		this.#take(copied)
		return copied
	}

	#take(bytes: number): void {
		this.#bytes += bytes
		this.#counter.took(bytes)
		if ((this.#into as Intake).filled(bytes)) return
		this.#paused = true
		this.#stall.stop()
	}

	#own(bytes: Buffer, at: number, to: number): Buffer {
		const piece = bytes.subarray(at, to)
		return bytes === this.#scratch ? Buffer.from(piece) : piece
	}

	#replay(): void {
		if (this.#counter.done) this.#finish()
		while (!this.#paused && !this.#over) {
			const piece = this.#held.shift()
			if (piece === undefined) break
			this.#consume(piece, piece.length)
		}
		if (this.#end !== undefined && this.#held.length === 0) this.#settleEnd(this.#end)
	}

	#settleEnd(end: WireEnd): void {
		const { kind, owed } = this.#counter
		if (!end.clean) this.cancel(lostInBody(this.#where, end, this.#bytes))
		else if (kind === 'close') this.#finish()
		else this.cancel(truncated(this.#where, this.#bytes, kind === 'length' ? this.#bytes + owed : undefined))
	}

	/** What is held of a body that has ended belongs to no response: RFC 9112 §6.3 has the connection dropped. */
	#finish(): void {
		const excess = this.#held.length > 0
		if (!this.#leave()) return
		const { kind } = this.#counter
		const end: BodyEnd = { framing: kind, bytes: this.#bytes, lengthVerified: kind !== 'close' }
		if (this.#onReusable === undefined || excess || this.#end !== undefined) this.#settleOnceClosed({ end })
		else this.#onReusable(() => this.#tell({ end }))
	}

	/** False if the phase was over already. From here on no memory but the scratch is handed out. */
	#leave(): boolean {
		if (this.#over) return false
		this.#over = true
		this.#into = undefined
		this.#held.length = 0
		this.#stall.stop()
		this.#stopListening()
		return true
	}

	/** Until the socket is gone, Node may still write into the memory that it was handed last. */
	#settleOnceClosed(outcome: Outcome): void {
		this.#wire.destroy()
		void this.#wire.closed.then(() => this.#tell(outcome))
	}

	#tell(outcome: Outcome): void {
		this.#outcome = outcome
		if (this.#settle === undefined) return
		if ('end' in outcome) this.#settle.resolve(outcome.end)
		else this.#settle.reject(outcome.error)
	}
}

function truncated(where: string, bytes: number, expectedBytes: number | undefined): DownloadError {
	const wanted = expectedBytes === undefined ? '' : ` of ${expectedBytes}`
	return new DownloadError('E_TRUNCATED', `${where}: the body ended after ${bytes}${wanted} bytes`, {
		details: { bytes, expectedBytes },
	})
}

function stalled(where: string, limitMs: number, bytes: number): DownloadError {
	return new DownloadError('E_STALLED', `${where}: no byte for ${limitMs} ms, after ${bytes} of the body`, {
		details: { limitMs, bytes },
	})
}
