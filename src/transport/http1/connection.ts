import type { Cancel } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import type { Exchange, ResponseHead, Via } from '../contract.ts'
import type { Scratch, Wire, WireReader } from '../wire.ts'
import { type BodyCounter, CloseCounter, LengthCounter } from './body-counter.ts'
import { BodyPhase } from './body-phase.ts'
import { ChunkedCounter } from './chunked.ts'
import { type Framing, keepsAlive } from './framing.ts'
import { HeadPhase } from './head-phase.ts'
import type { Outgoing } from './request.ts'
import type { ParsedHead } from './response-head.ts'

/** Who keeps connections between requests. */
export interface ConnectionKeeper {
	/** The connection may be asked again. */
	idle(connection: Connection): void
	/** An idle connection was closed. */
	gone(connection: Connection): void
}

export interface ConnectionParts {
	readonly wire: Wire
	readonly scratch: Scratch
	readonly clock: Clock
	readonly keeper: ConnectionKeeper
	/** Counts connections of the transport from 1. */
	readonly number: number
	readonly connectMs: number
}

/** A final head, and what goes with it. */
interface Answered {
	readonly head: ParsedHead
	readonly framing: Framing
	readonly rest: Buffer
	readonly via: Via
}

/**
 * One HTTP/1.1 connection: one request at a time. Its state is who reads its wire: `HeadPhase`, then `BodyPhase`, then
 * the connection itself while it is idle, when a byte or an end is reason to drop it.
 */
export class Connection implements WireReader {
	readonly #parts: ConnectionParts
	#served = 0

	constructor(parts: ConnectionParts) {
		this.#parts = parts
		parts.wire.reader = this
	}

	/** Whether it can be asked, as far as is known. */
	get alive(): boolean {
		return this.#parts.wire.alive
	}

	/**
	 * Sends a request and resolves with its exchange, or with undefined where the connection had served before and was
	 * closed without a byte of an answer: the server let it go while the request was on its way.
	 */
	send(outgoing: Outgoing, cancel: Cancel): Promise<Exchange | undefined> {
		const { wire, scratch, clock } = this.#parts
		const reused = this.#served > 0
		this.#served += 1
		const sentAtMs = clock.now()
		return new Promise((resolve, reject) => {
			const phase = new HeadPhase(wire, scratch, outgoing, clock, {
				answered: (head, framing, rest) => {
					const via = this.#via(reused, sentAtMs)
					resolve(this.#answered(outgoing, cancel, { head, framing, rest, via }))
				},
				unanswered: error => (reused ? resolve(undefined) : reject(error)),
				failed: reject,
			})
			phase.start(outgoing.text, cancel)
		})
	}

	/** Whether the process shall stay for it. */
	hold(held: boolean): void {
		this.#parts.wire.hold(held)
	}

	/** Gives up an idle connection. */
	drop(): void {
		this.#parts.wire.destroy()
	}

	memory(): Uint8Array {
		return this.#parts.scratch
	}

	filled(): boolean {
		this.#parts.wire.destroy()
		return false
	}

	ended(): void {
		this.#parts.keeper.gone(this)
	}

	#via(reused: boolean, sentAtMs: number): Via {
		const { number, connectMs, clock } = this.#parts
		return { connection: number, reused, connectMs: reused ? 0 : connectMs, headMs: clock.now() - sentAtMs }
	}

	#answered(outgoing: Outgoing, cancel: Cancel, { head, framing, rest, via }: Answered): Exchange {
		const { wire, scratch, clock } = this.#parts
		const onReusable = keepsAlive(head, framing) ? (then: () => void) => this.#rest(then) : undefined
		const counter = counterOf(framing, outgoing.where)
		const body = new BodyPhase({ wire, scratch, outgoing, counter, clock, cancel, onReusable })
		body.start(rest)
		return {
			head: responseHead(head, framing),
			via,
			receive: into => body.receive(into),
			resume: () => body.resume(),
			cancel: reason => body.cancel(reason),
		}
	}

	/**
	 * Reads the wire on, for a whole turn of the event loop before anybody hears that the body has ended. Bytes beyond it
	 * that the kernel has already would else be taken for the answer to the next request (RFC 9112 §6.3).
	 */
	#rest(then: () => void): void {
		const { wire, keeper } = this.#parts
		wire.reader = this
		wire.resume()
		afterOneTurn(() => {
			if (wire.alive) keeper.idle(this)
			then()
		})
	}
}

/** The first step may come before sockets are looked at again, the second does not. */
function afterOneTurn(action: () => void): void {
	// biome-ignore lint/style/noRestrictedGlobals: it waits for sockets, not for a time
	setImmediate(() => setImmediate(action))
}

function counterOf(framing: Framing, where: string): BodyCounter {
	switch (framing.kind) {
		case 'length':
			return new LengthCounter(framing.bytes)
		case 'chunked':
			return new ChunkedCounter(where)
		case 'close':
			return new CloseCounter()
	}
}

function responseHead(head: ParsedHead, framing: Framing): ResponseHead {
	const { status, reason, fields } = head
	return { status, reason, fields, contentLength: framing.kind === 'length' ? framing.bytes : undefined }
}
