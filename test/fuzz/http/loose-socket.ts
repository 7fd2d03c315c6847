import { EventEmitter } from 'node:events'
import type { OnReadOpts, Socket } from 'node:net'

/**
 * What comes after the last byte. `hidden-reset` is an RST that Node reports as a clean end; `silence` is a server that
 * keeps the connection.
 */
export type Ending = 'fin' | 'reset' | 'hidden-reset' | 'silence'

/**
 * A socket whose bytes come in pieces that a test has cut, all of them as soon as they are read: what the kernel decides
 * on a real one is decided here, so that the same run can be had again.
 *
 * As Node's, it asks for the next memory right after each callback, never delivers more than it was given room for, keeps
 * still once a callback has answered false, and tells no end while it does.
 */
export class LooseSocket extends EventEmitter {
	destroyed = false
	/** How often the reader was called: the work that so many bytes made. */
	reads = 0
	readonly #onread: OnReadOpts
	readonly #pieces: Buffer[]
	readonly #ending: Ending
	#memory: Uint8Array
	#flowing = false
	#ended = false

	constructor(onread: OnReadOpts, pieces: readonly Buffer[], ending: Ending) {
		super()
		this.#onread = onread
		this.#pieces = [...pieces]
		this.#ending = ending
		this.#memory = this.#nextMemory()
	}

	/** What Node answers when it is asked for the first time. */
	get remoteAddress(): string | undefined {
		return this.#ending === 'hidden-reset' ? undefined : '127.0.0.1'
	}

	/** The request is out, and so the answer comes. */
	write(): void {
		this.#flowing = true
		queueMicrotask(() => this.#deliver())
	}

	resume(): void {
		this.#flowing = true
		queueMicrotask(() => this.#deliver())
	}

	ref(): void {}

	unref(): void {}

	destroy(): void {
		if (this.destroyed) return
		this.destroyed = true
		setImmediate(() => this.emit('close'))
	}

	/** As `node:net` would have it typed. */
	asSocket(): Socket {
		return this as unknown as Socket
	}

	#deliver(): void {
		while (this.#flowing && !this.destroyed) {
			const piece = this.#pieces[0]
			if (piece === undefined) break
			this.#read(piece)
		}
		if (this.#flowing && !this.destroyed) this.#end()
	}

	#read(piece: Buffer): void {
		const bytes = Math.min(piece.length, this.#memory.length)
		this.#memory.set(piece.subarray(0, bytes))
		if (bytes === piece.length) this.#pieces.shift()
		else this.#pieces[0] = piece.subarray(bytes)
		this.reads += 1
		this.#flowing = this.#onread.callback(bytes, this.#memory)
		this.#memory = this.#nextMemory()
	}

	#nextMemory(): Uint8Array {
		const { buffer } = this.#onread
		const memory = typeof buffer === 'function' ? buffer() : buffer
		if (memory.length === 0) throw new Error('The socket was given no memory')
		return memory
	}

	#end(): void {
		if (this.#ended) return
		this.#ended = true
		if (this.#ending === 'silence') return
		if (this.#ending !== 'reset') {
			this.emit('end')
			return
		}
		this.emit('error', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
		this.destroy()
	}
}
