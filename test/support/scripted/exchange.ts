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
	readonly over: (reusable: boolean, how: string) => void
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
	#broken = false
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
			if (this.#broken) {
				this.#fail('E_NETWORK')
				return
			}
			this.#armStall()
			this.#parts.line.wake()
			this.#deliver()
		})
	}

	cancel(reason: unknown): void {
		this.#end(false, `given up after ${this.#at} bytes`, () => this.#outcome.reject(reason))
	}

	/** The reader has died, and nobody is there to be told. */
	vanish(): void {
		if (this.#over) return
		this.#over = true
		this.#stopListening()
		this.#parts.line.leave(this)
		this.#parts.over(false, `left by the dead after ${this.#at} bytes`)
	}

	get isOver(): boolean {
		return this.#over
	}

	/** The line has failed; a paused socket does not notice before it is resumed. */
	break(): void {
		this.#broken = true
		if (!this.#paused) this.#fail('E_NETWORK')
	}

	wants(): number {
		const { body, stallsAt = body.length, slowsAt = body.length, rateAt } = this.#parts.reply
		const sent = this.#at + this.#credit
		const bytesPerSecond = rateAt?.(this.#parts.clock.now(), sent) ?? this.#parts.reply.bytesPerSecond
		if (this.#credit > socketBytes || (stallsAt < body.length && sent >= stallsAt)) return 0
		return sent >= slowsAt ? Math.max(10_000, bytesPerSecond / 20) : bytesPerSecond
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
		this.#finish()
	}

	#finish(): void {
		const { framing } = this.#parts.reply
		const end: BodyEnd = { framing, bytes: this.#at, lengthVerified: framing !== 'close' }
		this.#end(framing !== 'close', `ended after ${this.#at} bytes`, () => this.#outcome.resolve(end))
	}

	#cut(): void {
		const { cutBy = 'E_NETWORK', framing } = this.#parts.reply
		if (this.#paused) return
		// To a body that a close delimits, a FIN is its end, wherever it comes.
		if (framing === 'close' && cutBy === 'E_TRUNCATED') this.#finish()
		else this.#fail(cutBy)
	}

	#fail(code: 'E_NETWORK' | 'E_TRUNCATED'): void {
		const how = `${code === 'E_NETWORK' ? 'reset' : 'cut'} after ${this.#at} bytes`
		this.#end(false, how, () => this.#outcome.reject(new DownloadError(code, how)))
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

	#end(reusable: boolean, how: string, settle: () => void): void {
		if (this.#over) return
		this.#over = true
		this.#stopListening()
		this.#stall?.stop()
		this.#parts.line.leave(this)
		const close = (): void => {
			// A socket that is being destroyed may still fill what it was handed last.
			this.#memory?.fill(0xee)
			this.#parts.over(reusable, how)
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
