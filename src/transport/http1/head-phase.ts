import type { Cancel } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import { DownloadError } from '../../base/errors.ts'
import { lostBeforeHead } from '../network-error.ts'
import type { Scratch, Wire, WireEnd, WireReader } from '../wire.ts'
import { type Framing, framingOf } from './framing.ts'
import { HeadReader } from './head-reader.ts'
import { protocolError } from './protocol-error.ts'
import type { Outgoing } from './request.ts'
import { type ParsedHead, parseHead } from './response-head.ts'
import { StallTimer } from './stall-timer.ts'

/** How many interim responses (1xx) may come before the final one. */
const maxInterimHeads = 20

/** What a head phase comes to; exactly one of the three is called, once. */
export interface HeadOutcome {
	/** The final head, how its body is framed, and what came after it in the same read: valid during the call only. */
	answered(head: ParsedHead, framing: Framing, rest: Buffer): void
	/** The connection ended without a byte of an answer. */
	unanswered(error: Error): void
	/** The wire is destroyed. */
	failed(error: unknown): void
}

/** The connection's state while a request is out and its final response head is awaited. */
export class HeadPhase implements WireReader {
	readonly #wire: Wire
	readonly #scratch: Scratch
	readonly #where: string
	readonly #outcome: HeadOutcome
	readonly #stall: StallTimer
	#head: HeadReader
	#interimHeads = 0
	#answerBegun = false
	#over = false
	#stopListening: (() => void) | undefined

	constructor(wire: Wire, scratch: Scratch, outgoing: Outgoing, clock: Clock, outcome: HeadOutcome) {
		const { stallTimeoutMs } = outgoing.request
		this.#wire = wire
		this.#scratch = scratch
		this.#where = outgoing.where
		this.#outcome = outcome
		this.#head = new HeadReader(this.#where)
		this.#stall = new StallTimer(clock, stallTimeoutMs, () => this.#fail(noHead(this.#where, stallTimeoutMs)))
	}

	start(text: string, cancel: Cancel): void {
		this.#wire.reader = this
		this.#stopListening = cancel.onCancel(reason => this.#fail(reason))
		if (this.#wire.end !== undefined) this.ended(this.#wire.end)
		if (this.#over) return
		this.#stall.start()
		this.#wire.write(text)
	}

	memory(): Uint8Array {
		return this.#scratch
	}

	/** Pauses at the final head: whoever asked for it decides when the body comes. */
	filled(bytes: number): boolean {
		if (this.#over) return false
		this.#answerBegun = true
		try {
			return this.#read(bytes)
		} catch (error) {
			this.#fail(error)
			return false
		}
	}

	ended(end: WireEnd): void {
		if (!this.#leave()) return
		const error = lostBeforeHead(this.#where, end)
		if (this.#answerBegun) this.#outcome.failed(error)
		else this.#outcome.unanswered(error)
	}

	#read(bytes: number): boolean {
		let at = 0
		while (at < bytes) {
			const read = this.#head.read(this.#scratch, at, bytes)
			if (read === undefined) break
			at = read.rest
			const head = parseHead(read.lines, this.#where)
			if (head.status >= 200) {
				// While the phase is not over, what is wrong with the framing is a failure like any other of the head.
				const framing = framingOf(head, this.#where)
				this.#leave()
				this.#outcome.answered(head, framing, this.#scratch.subarray(at, bytes))
				return false
			}
			this.#passOver(head)
		}
		return true
	}

	/** An interim head shows that the server is at work, so the wait begins anew: that is what 102 and 103 are for. */
	#passOver(head: ParsedHead): void {
		// RFC 9110 §15.2.2: a server switches protocols only where the client asked for it.
		if (head.status === 101) throw protocolError(this.#where, 'switches protocols, which was not asked for')
		this.#interimHeads += 1
		if (this.#interimHeads > maxInterimHeads) throw protocolError(this.#where, 'has endless interim responses')
		this.#head = new HeadReader(this.#where)
		this.#stall.touch()
	}

	#fail(error: unknown): void {
		if (!this.#leave()) return
		this.#wire.destroy()
		this.#outcome.failed(error)
	}

	/** False if the phase was over already. */
	#leave(): boolean {
		if (this.#over) return false
		this.#over = true
		this.#stall.stop()
		this.#stopListening?.()
		return true
	}
}

function noHead(where: string, limitMs: number): DownloadError {
	return new DownloadError('E_STALLED', `${where}: no answer within ${limitMs} ms`, {
		details: { limitMs, bytes: 0 },
	})
}
