import type { Cancel } from '../base/abort.ts'
import type { BlockPool } from './contract.ts'

export interface BlockPoolOptions {
	/** Size of a block. 32 lanes with two blocks of 1 MiB each took 121 MB of memory, of 256 KiB 77 MB. @default 256 KiB */
	readonly blockBytes?: number
	/** What all blocks together may take; at least one block is always to be had. @default 32 MiB */
	readonly limitBytes?: number
}

/** Makes the pool of a process. Memory is taken from the system when first wanted, and kept. */
export function createBlockPool(options: BlockPoolOptions = {}): BlockPool {
	const { blockBytes = 256 * 1024, limitBytes = 32 * 1024 * 1024 } = options
	return new Blocks(blockBytes, Math.max(1, Math.floor(limitBytes / blockBytes)))
}

interface Waiter {
	readonly resolve: (block: Uint8Array) => void
	readonly stopListening: () => void
}

class Blocks implements BlockPool {
	readonly blockBytes: number
	readonly #limit: number
	readonly #taken = new Set<Uint8Array>()
	/** Last in, first out: the block given back last is the one most likely to be in the processor's cache. */
	readonly #free: Uint8Array[] = []
	/** In the order of asking. While someone waits, `#free` is empty: a block given back goes straight to the first. */
	readonly #waiting = new Set<Waiter>()

	constructor(blockBytes: number, limit: number) {
		this.blockBytes = blockBytes
		this.#limit = limit
	}

	tryTake(): Uint8Array | undefined {
		const block = this.#free.pop() ?? this.#allocate()
		if (block !== undefined) this.#taken.add(block)
		return block
	}

	take(cancel: Cancel): Promise<Uint8Array> {
		if (cancel.cancelled) return Promise.reject(cancel.reason)
		const block = this.tryTake()
		if (block !== undefined) return Promise.resolve(block)
		return new Promise((resolve, reject) => {
			const stopListening = cancel.onCancel(reason => {
				this.#waiting.delete(waiter)
				reject(reason)
			})
			const waiter: Waiter = { resolve, stopListening }
			this.#waiting.add(waiter)
		})
	}

	give(block: Uint8Array): void {
		// Memory with two owners is another file's bytes in ours: better an end with a stack than that.
		if (!this.#taken.has(block)) throw new TypeError('A block was given back that is not taken')
		const [next] = this.#waiting
		if (next === undefined) {
			this.#taken.delete(block)
			this.#free.push(block)
			return
		}
		this.#waiting.delete(next)
		next.stopListening()
		next.resolve(block)
	}

	#allocate(): Uint8Array | undefined {
		// The free list is empty here, so all that was ever allocated is taken.
		return this.#taken.size < this.#limit ? Buffer.allocUnsafeSlow(this.blockBytes) : undefined
	}
}
