import type { Cancel } from '../base/abort.ts'
import type { BlockPool } from './contract.ts'

export interface BlockPoolOptions {
	/** Size of a block. 32 lanes with two blocks of 1 MiB each took 121 MB of memory, of 256 KiB 77 MB. @default 256 KiB */
	readonly blockBytes?: number
	/** What all blocks together may take; at least one block is always to be had. @default 32 MiB */
	readonly limitBytes?: number
}

/** A large block is worth as many: written at once they cost two thirds of the processor time, and take the larger pages. */
const blocksInLarge = 4
/** The part of all memory that large blocks may take, so that a few fast lanes leave enough for many slow ones. */
const largeShare = 0.5

/** Makes the pool of a process. Memory is taken from the system when first wanted, and kept until blocks of the other size want it. */
export function createBlockPool(options: BlockPoolOptions = {}): BlockPool {
	const { blockBytes = 256 * 1024, limitBytes = 32 * 1024 * 1024 } = options
	return new Blocks(blockBytes, Math.max(blockBytes, limitBytes))
}

interface Waiter {
	readonly resolve: (block: Uint8Array) => void
	readonly stopListening: () => void
}

class Blocks implements BlockPool {
	readonly blockBytes: number
	readonly #limitBytes: number
	readonly #taken = new Set<Uint8Array>()
	/** Last in, first out: the block given back last is the one most likely to be in the processor's cache. */
	readonly #free: Uint8Array[] = []
	readonly #freeLarge: Uint8Array[] = []
	/** In the order of asking. While someone waits, nothing is free: a block given back goes straight to the first. */
	readonly #waiting = new Set<Waiter>()
	/** Of all blocks, taken or free. */
	#bytes = 0
	#largeBytes = 0

	constructor(blockBytes: number, limitBytes: number) {
		this.blockBytes = blockBytes
		this.#limitBytes = limitBytes
	}

	tryTake(): Uint8Array | undefined {
		return this.#take(this.#free.pop() ?? this.#allocate())
	}

	tryTakeLarge(): Uint8Array | undefined {
		return this.#take(this.#freeLarge.pop() ?? this.#allocateLarge())
	}

	exchange(block: Uint8Array): Uint8Array | undefined {
		const other = block.length > this.blockBytes ? this.tryTake() : this.tryTakeLarge()
		if (other !== undefined) this.give(block)
		return other
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
		if (!this.#taken.delete(block)) throw new TypeError('A block was given back that is not taken')
		const isLarge = block.length > this.blockBytes
		;(isLarge ? this.#freeLarge : this.#free).push(block)
		for (const waiter of this.#waiting) {
			const next = this.tryTake()
			if (next === undefined) return
			this.#waiting.delete(waiter)
			waiter.stopListening()
			waiter.resolve(next)
		}
	}

	#take(block: Uint8Array | undefined): Uint8Array | undefined {
		if (block !== undefined) this.#taken.add(block)
		return block
	}

	/** A large block that nobody has makes room for small ones. */
	#allocate(): Uint8Array | undefined {
		if (this.#bytes + this.blockBytes > this.#limitBytes && !this.#dropLarge()) return undefined
		this.#bytes += this.blockBytes
		return Buffer.allocUnsafeSlow(this.blockBytes)
	}

	#allocateLarge(): Uint8Array | undefined {
		const bytes = blocksInLarge * this.blockBytes
		if (this.#largeBytes + bytes > largeShare * this.#limitBytes) return undefined
		// While someone waits for a block none is free, and no large one is made of those that come back.
		while (this.#bytes + bytes > this.#limitBytes && this.#free.pop() !== undefined) this.#bytes -= this.blockBytes
		if (this.#bytes + bytes > this.#limitBytes) return undefined
		this.#bytes += bytes
		this.#largeBytes += bytes
		return Buffer.allocUnsafeSlow(bytes)
	}

	#dropLarge(): boolean {
		const dropped = this.#freeLarge.pop()?.length ?? 0
		this.#bytes -= dropped
		this.#largeBytes -= dropped
		return dropped > 0
	}
}
