import { Writable } from 'node:stream'
import type { Clock } from '../../../src/base/clock.ts'
import type { Destination, Place } from '../../../src/destination/contract.ts'
import { createStreamSink } from '../../../src/sink/stream.ts'
import { createInOrderHashing, type InOrderHashing } from '../../../src/verify/in-order-hashing.ts'

/** A reader in virtual time: it takes so many bytes a second, or reads no more from some point on. */
export class Reader extends Writable {
	/** How many bytes it has had. */
	bytes = 0
	stopsAt: number = Number.POSITIVE_INFINITY
	readonly #pieces: Buffer[] = []
	readonly #clock: Clock
	readonly #bytesPerSecond: number

	constructor(clock: Clock, bytesPerSecond: number = Number.POSITIVE_INFINITY) {
		super({ highWaterMark: 16 * 1024 })
		this.#clock = clock
		this.#bytesPerSecond = bytesPerSecond
	}

	content(): Buffer {
		return Buffer.concat(this.#pieces)
	}

	override _write(piece: Buffer, _encoding: string, taken: (error?: Error) => void): void {
		this.#pieces.push(Buffer.from(piece))
		this.bytes += piece.length
		if (this.bytes >= this.stopsAt) return
		if (this.#bytesPerSecond === Number.POSITIVE_INFINITY) taken()
		else this.#clock.after((piece.length * 1000) / this.#bytesPerSecond, () => taken())
	}
}

/** The stream sink under a small window, and a reader behind it. */
export class StreamedDestination implements Destination {
	readonly fixedName = undefined
	readonly reader: Reader
	readonly #windowBytes: number
	#hashing: InOrderHashing | undefined

	constructor(reader: Reader, windowBytes: number) {
		this.reader = reader
		this.#windowBytes = windowBytes
	}

	content(): Uint8Array {
		return this.reader.content()
	}

	async findUnfinished(): Promise<undefined> {
		return undefined
	}

	async open(): Promise<Place> {
		return {
			kind: 'place',
			path: undefined,
			sink: createStreamSink(this.reader, { windowBytes: this.#windowBytes, tap: bytes => this.#hashing?.feed(bytes) }),
			journal: undefined,
			state: undefined,
			hash: algorithms => {
				this.#hashing = createInOrderHashing(algorithms)
				return this.#hashing
			},
			confirm: async () => {},
		}
	}
}
