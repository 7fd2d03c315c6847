import type { Writable } from 'node:stream'
import type { DigestAlgorithm } from '../model/digest.ts'
import type { Sink } from '../sink/contract.ts'
import { createStreamSink } from '../sink/stream.ts'
import type { Hashing } from '../verify/contract.ts'
import { createInOrderHashing, type InOrderHashing } from '../verify/in-order-hashing.ts'
import type { AlreadyThere, Destination, NewFile, Place } from './contract.ts'

/** One download into a stream: there is nothing to go on with, no name and no lock. */
export function createStreamDestination(writable: Writable): Destination {
	return new StreamDestination(writable)
}

class StreamDestination implements Destination {
	readonly fixedName = undefined
	readonly #writable: Writable

	constructor(writable: Writable) {
		this.#writable = writable
	}

	async findUnfinished(): Promise<undefined> {
		return undefined
	}

	async open(_file: NewFile): Promise<Place | AlreadyThere> {
		return new StreamPlace(this.#writable)
	}
}

class StreamPlace implements Place {
	readonly kind = 'place'
	readonly path = undefined
	readonly journal = undefined
	readonly state = undefined
	readonly sink: Sink
	#hashing: InOrderHashing | undefined

	constructor(writable: Writable) {
		this.sink = createStreamSink(writable, { tap: bytes => this.#hashing?.feed(bytes) })
	}

	/** To be called before the first write: what has passed cannot be read again. */
	hash(algorithms: readonly DigestAlgorithm[]): Hashing {
		this.#hashing = createInOrderHashing(algorithms)
		return this.#hashing
	}

	async confirm(): Promise<void> {}
}
