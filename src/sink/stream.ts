import type { Writable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { DownloadError } from '../base/errors.ts'
import type { Published, Receipt, Sink, SinkAbilities, WriteOptions } from './contract.ts'
import { OutwardStream } from './outward-stream.ts'

export interface StreamSinkOptions {
	/** How far lanes may run ahead of what the stream has taken; the bound of the memory held. @default 16 MiB */
	readonly windowBytes?: number
	/** Sees the content from its first byte, in order. */
	readonly tap?: (bytes: Uint8Array) => void
}

/**
 * Hands bytes on in order, whatever the order they come in.
 *
 * All that comes in is copied: a stream may keep what it was given after it has called back (a PassThrough does), and
 * the pool's blocks are filled again at once. A write settles once it begins within `windowBytes` of the bytes that the
 * stream has taken, which is the back-pressure.
 */
export function createStreamSink(writable: Writable, options: StreamSinkOptions = {}): Sink {
	return new StreamSink(new OutwardStream(writable), options.windowBytes ?? 16 * 1024 * 1024, options.tap)
}

interface Waiter {
	readonly at: number
	readonly resolve: () => void
	readonly reject: (error: DownloadError) => void
}

class StreamSink implements Sink {
	readonly abilities: SinkAbilities
	readonly #stream: OutwardStream
	readonly #tap: ((bytes: Uint8Array) => void) | undefined
	/** Pieces by where they start; those at the front leave first. */
	readonly #held = new Map<number, Uint8Array>()
	readonly #waiting = new Set<Waiter>()
	/** All bytes before it were taken by the stream. */
	#front = 0
	/** All bytes before it are here: nothing between `#front` and it is missing. */
	#arrived = 0
	#failure: DownloadError | undefined
	#pumping: Promise<void> | undefined
	#closed: Promise<void> | undefined

	constructor(stream: OutwardStream, windowBytes: number, tap: ((bytes: Uint8Array) => void) | undefined) {
		this.#stream = stream
		this.#tap = tap
		this.abilities = { randomAccess: false, windowBytes }
	}

	async write(at: number, bytes: Uint8Array, options: WriteOptions): Promise<Receipt> {
		if (this.#failure !== undefined) throw this.#failure
		if (at < this.#arrived) throw wrongOrder(`Bytes at ${at} came after those at ${this.#arrived} were there`)
		const checksum = options.crc ? crc32(bytes) : undefined
		if (bytes.length > 0) this.#hold(at, Buffer.from(bytes))
		await this.#withinWindow(at)
		return { crc32: checksum }
	}

	/** Resolves at once: what a stream does with its bytes is not ours to promise. */
	async flush(): Promise<void> {
		if (this.#failure !== undefined) throw this.#failure
	}

	async publish(bytes: number): Promise<Published> {
		await this.#pumping
		if (this.#failure !== undefined) throw this.#failure
		if (this.#front !== bytes) throw wrongOrder(`The stream took ${this.#front} of ${bytes} bytes`)
		await this.#stream.end()
		await this.close()
		return { path: undefined }
	}

	close(): Promise<void> {
		this.#closed ??= this.#letGo()
		return this.#closed
	}

	discard(): Promise<void> {
		return this.close()
	}

	#hold(at: number, piece: Uint8Array): void {
		this.#held.set(at, piece)
		for (let next = this.#held.get(this.#arrived); next !== undefined; next = this.#held.get(this.#arrived)) {
			this.#tap?.(next)
			this.#arrived += next.length
		}
		if (this.#front < this.#arrived) this.#pumping ??= this.#pump()
	}

	async #pump(): Promise<void> {
		try {
			for (let piece = this.#held.get(this.#front); piece !== undefined; piece = this.#held.get(this.#front)) {
				await this.#stream.handOn(piece)
				this.#held.delete(this.#front)
				this.#front += piece.length
				this.#letIn()
			}
		} catch (error) {
			this.#fail(error as DownloadError)
		} finally {
			this.#pumping = undefined
		}
	}

	#withinWindow(at: number): Promise<void> | undefined {
		if (at <= this.#front + this.abilities.windowBytes) return undefined
		return new Promise((resolve, reject) => this.#waiting.add({ at, resolve, reject }))
	}

	#letIn(): void {
		for (const waiter of this.#waiting) {
			if (waiter.at > this.#front + this.abilities.windowBytes) continue
			this.#waiting.delete(waiter)
			waiter.resolve()
		}
	}

	#fail(error: DownloadError): void {
		this.#failure ??= error
		this.#held.clear()
		for (const waiter of this.#waiting) waiter.reject(this.#failure)
		this.#waiting.clear()
	}

	/** Does not wait for a reader that reads no more: what was not handed on is given up, and an unfinished stream ends in an error. */
	async #letGo(): Promise<void> {
		this.#fail(new DownloadError('E_ABORTED', 'The stream was let go before its end'))
		this.#stream.letGo()
		await this.#pumping
	}
}

function wrongOrder(message: string): DownloadError {
	return new DownloadError('E_INTERNAL', message)
}
