import type { Cancel } from '../../../src/base/abort.ts'
import type { Clock, Timer } from '../../../src/base/clock.ts'
import { DownloadError } from '../../../src/base/errors.ts'
import type { BodyEnd, Exchange, Intake, ResponseHead, Via } from '../../../src/transport/contract.ts'
import type { Flow, Line } from './line.ts'
import type { Reply } from './server.ts'

/** What the sockets of both sides hold while the reader pauses. */
const socketBytes = 64 * 1024

export interface ExchangeParts {
	readonly reply: Reply
	readonly via: Via
	readonly line: Line
	readonly clock: Clock
	readonly stallTimeoutMs: number
	/** From the end or the cancel to the settling of `receive`: until then the memory is the transport's. */
	readonly settlesAfterMs: number
	readonly cancel: Cancel
	/** The connection is free again, and of use for another request or not. */
	readonly over: (reusable: boolean) => void
	/** Body bytes were handed to the reader. */
	readonly delivered: (bytes: number) => void
	/** The reader broke a promise of the contract. */
	readonly blame: (what: string) => void
}

/** One answer in virtual time. It keeps every promise of the contract, and uses every liberty that the contract leaves. */
export class ScriptedExchange implements Exchange, Flow {
	readonly head: ResponseHead
	readonly via: Via
	readonly #parts: ExchangeParts
	readonly #stopListening: () => void
	readonly #outcome: { resolve(end: BodyEnd): void; reject(error: unknown): void; promise: Promise<BodyEnd> }
	#into: Intake | undefined
	/** Asked for ahead of the next bytes, as a socket does. */
	#memory: Uint8Array | undefined
	#at = 0
	#credit = 0
	#paused = false
	#over = false
	#resuming = false
	#stall: Timer | undefined

	constructor(parts: ExchangeParts) {
		const { status, fields, framing, contentLength, body } = parts.reply
		this.#parts = parts
		this.via = parts.via
		this.head = {
			status,
			reason: 'as scripted',
			fields: new Map(Object.entries(fields)),
			contentLength: framing === 'length' ? (contentLength ?? body.length) : undefined,
		}
		this.#outcome = withResolvers()
		this.#stopListening = parts.cancel.onCancel(reason => this.cancel(reason))
	}

	receive(into: Intake): Promise<BodyEnd> {
		if (this.#into !== undefined) this.#parts.blame('a body was asked for twice')
		this.#into = into
		if (!this.#over) {
			this.#parts.line.join(this)
			this.#armStall()
			if (this.#parts.reply.body.length === 0) this.#atEnd()
		}
		return this.#outcome.promise
	}

	resume(): void {
		if (!this.#paused || this.#over || this.#resuming) return
		this.#resuming = true
		queueMicrotask(() => {
			this.#resuming = false
			if (this.#over) return
			this.#paused = false
			this.#armStall()
			this.#parts.line.wake()
			this.#deliver()
		})
	}

	cancel(reason: unknown): void {
		this.#end(false, () => this.#outcome.reject(reason))
	}

	wants(): number {
		const { body, stallsAt = body.length, bytesPerSecond } = this.#parts.reply
		const stalled = stallsAt < body.length && this.#at + this.#credit >= stallsAt
		return stalled || this.#credit > socketBytes ? 0 : bytesPerSecond
	}

	give(bytes: number): void {
		this.#credit += Math.min(bytes, this.#parts.reply.body.length)
		this.#deliver()
	}

	#deliver(): void {
		const { body, stallsAt, cutAt = body.length } = this.#parts.reply
		const end = Math.min(body.length, stallsAt ?? body.length, cutAt)
		while (!this.#paused && !this.#over && this.#at < end && this.#credit >= 1) this.#hand(end)
		if (this.#over || this.#at < end) return
		if (this.#at === cutAt && cutAt < body.length) this.#cut()
		else if (this.#at === body.length) this.#atEnd()
	}

	#hand(end: number): void {
		const into = this.#into as Intake
		const memory = this.#memory ?? into.memory()
		if (memory.length === 0) this.#parts.blame('memory was empty')
		const bytes = Math.min(memory.length, end - this.#at, Math.floor(this.#credit))
		memory.set(this.#parts.reply.body.subarray(this.#at, this.#at + bytes))
		this.#at += bytes
		this.#credit -= bytes
		this.#memory = undefined
		this.#parts.delivered(bytes)
		const goesOn = into.filled(bytes)
		if (this.#over) return
		this.#paused = !goesOn
		if (goesOn && this.#at < this.#parts.reply.body.length) this.#memory = into.memory()
		this.#armStall()
	}

	#atEnd(): void {
		const { framing, contentLength, body } = this.#parts.reply
		// A close is not noticed while the socket is paused.
		if (framing === 'close' && this.#paused) return
		if (framing === 'length' && (contentLength ?? body.length) > body.length) {
			this.#cut()
			return
		}
		const end: BodyEnd = { framing, bytes: body.length, lengthVerified: framing !== 'close' }
		this.#end(framing !== 'close', () => this.#outcome.resolve(end))
	}

	#cut(): void {
		if (this.#paused) return
		const code = this.#parts.reply.cutBy ?? 'E_NETWORK'
		this.#end(false, () => this.#outcome.reject(new DownloadError(code, `cut after ${this.#at} bytes`)))
	}

	/** The time that the reader itself paused does not count. */
	#armStall(): void {
		this.#stall?.stop()
		this.#stall = undefined
		if (this.#paused || this.#over) return
		this.#stall = this.#parts.clock.after(this.#parts.stallTimeoutMs, () =>
			this.cancel(new DownloadError('E_STALLED', `silent after ${this.#at} bytes`)),
		)
	}

	#end(reusable: boolean, settle: () => void): void {
		if (this.#over) return
		this.#over = true
		this.#stopListening()
		this.#stall?.stop()
		this.#parts.line.leave(this)
		const close = (): void => {
			// A socket that is being destroyed may still fill what it was handed last.
			this.#memory?.fill(0xee)
			this.#parts.over(reusable)
			settle()
		}
		// What nobody receives nobody has to wait for.
		if (this.#into === undefined) close()
		else this.#parts.clock.after(this.#parts.settlesAfterMs, close)
	}
}

function withResolvers(): {
	promise: Promise<BodyEnd>
	resolve(end: BodyEnd): void
	reject(error: unknown): void
} {
	let resolve: (end: BodyEnd) => void = () => {}
	let reject: (error: unknown) => void = () => {}
	const promise = new Promise<BodyEnd>((yes, no) => {
		resolve = yes
		reject = no
	})
	// A cancelled exchange that nobody received has nobody to tell.
	promise.catch(() => {})
	return { promise, resolve, reject }
}
