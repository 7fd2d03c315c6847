import type { Cancel } from '../../src/base/abort.ts'
import { createBlockPool } from '../../src/sink/blocks.ts'
import type { BlockPool } from '../../src/sink/contract.ts'

/** Small, so that a file of a few hundred kB is many of them. */
export const blockBytes = 4096

/** A pool of blocks, of 4 KiB where nobody says otherwise, that counts who has not given back. */
export class CountedBlocks implements BlockPool {
	readonly blockBytes: number
	taken = 0
	readonly #pool: BlockPool
	readonly #onTake: () => void

	constructor(limitBytes: number, onTake: () => void = () => {}, bytesEach: number = blockBytes) {
		this.blockBytes = bytesEach
		this.#pool = createBlockPool({ blockBytes: bytesEach, limitBytes })
		this.#onTake = onTake
	}

	tryTake(): Uint8Array | undefined {
		const block = this.#pool.tryTake()
		if (block !== undefined) this.#count()
		return block
	}

	tryTakeLarge(): Uint8Array | undefined {
		const block = this.#pool.tryTakeLarge()
		if (block !== undefined) this.#count()
		return block
	}

	exchange(block: Uint8Array): Uint8Array | undefined {
		return this.#pool.exchange(block)
	}

	async take(cancel: Cancel): Promise<Uint8Array> {
		const block = await this.#pool.take(cancel)
		this.#count()
		return block
	}

	give(block: Uint8Array): void {
		this.taken -= 1
		this.#pool.give(block)
	}

	#count(): void {
		this.taken += 1
		this.#onTake()
	}
}
