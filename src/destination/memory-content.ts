import type { DigestAlgorithm } from '../model/digest.ts'
import type { MemorySink } from '../sink/memory.ts'
import type { Hashing } from '../verify/contract.ts'
import { createInOrderHashing, type InOrderHashing } from '../verify/in-order-hashing.ts'
import type { ReadableContent } from '../verify/pieces.ts'

/** Hashes what a sink in memory holds. */
export function hashContent(sink: MemorySink, algorithms: readonly DigestAlgorithm[]): Hashing {
	return new ContentHashing(sink, createInOrderHashing(algorithms))
}

/** Reads back what a sink in memory holds. */
export function readContent(sink: MemorySink): ReadableContent {
	return {
		read: async (at, into) => {
			const there = sink.content().subarray(at, at + into.length)
			into.set(there)
			return there.length
		},
	}
}

/** Feeds content that stays where it is to a hashing that must be fed. */
class ContentHashing implements Hashing {
	readonly #sink: MemorySink
	readonly #hashing: InOrderHashing
	#fed = 0

	constructor(sink: MemorySink, hashing: InOrderHashing) {
		this.#sink = sink
		this.#hashing = hashing
	}

	advance(front: number): void {
		if (front <= this.#fed) return
		this.#hashing.feed(this.#sink.content().subarray(this.#fed, front))
		this.#fed = front
	}

	finish(bytes: number): ReturnType<Hashing['finish']> {
		this.advance(bytes)
		return this.#hashing.finish(bytes)
	}

	close(): Promise<void> {
		return this.#hashing.close()
	}
}
