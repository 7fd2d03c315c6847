import type { OnReadOpts, Socket } from 'node:net'

/** What takes the bytes of a connection at the moment: the state that the connection is in. */
export interface WireReader {
	/** Memory that the next bytes are read into; never empty, free at every moment until the next answer. */
	memory(): Uint8Array
	/** `bytes` of what `memory` last gave are filled. False stops the reading until `Wire.resume`. */
	filled(bytes: number): boolean
	/** No byte comes any more. Told once. */
	ended(end: WireEnd): void
}

export interface WireEnd {
	/** True where the peer said that it has no more to send; false where the connection broke. */
	readonly clean: boolean
	readonly error: Error | undefined
}

/** How a socket is made, given where its bytes go. */
export type OpenSocket = (onread: OnReadOpts) => Socket

/**
 * A socket whose bytes go straight to memory that its reader names, without a Buffer, event or copy for each chunk.
 *
 * Node asks for the *next* memory right after each callback, also after one that paused or destroyed the socket, and
 * over TLS goes on filling it for up to one socket read (64 KiB). So a reader that pauses or ends must at once
 * answer `memory` with memory that is nobody's: the scratch.
 */
export class Wire {
	/** Resolves when the socket is gone: nothing writes into any memory after it. */
	readonly closed: Promise<void>
	reader: WireReader
	readonly #socket: Socket
	#error: Error | undefined
	#end: WireEnd | undefined
	#flows = true

	/** `onEnd` is told of an end that comes before there is a reader. */
	constructor(scratch: Scratch, open: OpenSocket, onEnd: (end: WireEnd) => void) {
		this.reader = new Unread(scratch, this, onEnd)
		this.#socket = open({
			buffer: () => this.reader.memory(),
			callback: bytes => {
				this.#flows = this.reader.filled(bytes)
				return this.#flows
			},
		})
		this.#socket.on('error', error => {
			this.#error ??= error
		})
		this.#socket.once('end', () => this.#tellEnd(this.#error === undefined && this.#endedByFin()))
		this.closed = new Promise(resolve => {
			this.#socket.once('close', () => {
				this.#tellEnd(false)
				resolve()
			})
		})
	}

	/** Undefined before the end; a reader that took over too late to be told can look here. */
	get end(): WireEnd | undefined {
		return this.#end
	}

	get alive(): boolean {
		return this.#end === undefined && !this.#socket.destroyed
	}

	/** `text` holds one byte in each character. */
	write(text: string): void {
		this.#socket.write(text, 'latin1')
	}

	/** Without effect where the reading was not stopped. */
	resume(): void {
		if (this.#flows) return
		this.#flows = true
		this.#socket.resume()
	}

	/** Whether the process shall stay for this socket: not for an idle one. */
	hold(held: boolean): void {
		if (held) this.#socket.ref()
		else this.#socket.unref()
	}

	destroy(error?: Error): void {
		this.#error ??= error
		this.#socket.destroy()
	}

	/**
	 * Node 20 and 22 can report an RST as a clean end, always so where the reader was paused. The kernel knows better: it
	 * has forgotten the peer's address. Node caches the address, so this must be the first read of it ever.
	 */
	#endedByFin(): boolean {
		return this.#socket.remoteAddress !== undefined
	}

	#tellEnd(clean: boolean): void {
		if (this.#end !== undefined) return
		this.#end = { clean, error: this.#error }
		this.reader.ended(this.#end)
		this.#socket.destroy()
	}
}

/** Memory that any socket may be read into, for bytes that are copied or dropped before the next read of any socket. */
export type Scratch = Buffer

/** 64 KiB is what one read of a socket brings at most. */
export function createScratch(): Scratch {
	return Buffer.allocUnsafeSlow(64 * 1024)
}

/** The first reader: until a request is out no byte is due, and one that comes is the server's mistake. */
class Unread implements WireReader {
	readonly #scratch: Scratch
	readonly #wire: Wire
	readonly #onEnd: (end: WireEnd) => void

	constructor(scratch: Scratch, wire: Wire, onEnd: (end: WireEnd) => void) {
		this.#scratch = scratch
		this.#wire = wire
		this.#onEnd = onEnd
	}

	memory(): Uint8Array {
		return this.#scratch
	}

	filled(): boolean {
		this.#wire.destroy()
		return false
	}

	ended(end: WireEnd): void {
		this.#onEnd(end)
	}
}
