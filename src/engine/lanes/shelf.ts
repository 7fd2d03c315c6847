import type { ByteRange } from '../../model/byte-range.ts'
import type { BlockPool } from '../../sink/contract.ts'
import type { Intake } from '../../transport/contract.ts'
import type { Allowance, RateShare } from '../rate-limit.ts'

export interface ShelfDeps {
	readonly blocks: BlockPool
	readonly rateShare: RateShare
	/** Bytes came off the network. */
	readonly received: (bytes: number) => void
}

/** Blocks that hold all of a short body until it is decided whether it is of use. To be closed. */
export class Shelf implements Intake {
	/** Has the body go on after a wait for the rate limit. */
	onGrant: () => void = () => {}
	readonly #range: ByteRange
	readonly #deps: ShelfDeps
	readonly #blocks: readonly Uint8Array[]
	readonly #allowance: Allowance
	#bytes = 0

	private constructor(range: ByteRange, deps: ShelfDeps, blocks: readonly Uint8Array[]) {
		this.#range = range
		this.#deps = deps
		this.#blocks = blocks
		this.#allowance = deps.rateShare.open(() => this.onGrant())
	}

	/** Takes the memory for a range; undefined where the pool has not so much left. */
	static tryTake(range: ByteRange, deps: ShelfDeps): Shelf | undefined {
		const { blocks: pool } = deps
		const blocks: Uint8Array[] = []
		// Memory is asked for ahead of bytes that may not come, and is never empty: there is a byte more than the range.
		while (blocks.length * pool.blockBytes <= range.end - range.start) {
			const block = pool.tryTake()
			if (block === undefined) {
				for (const taken of blocks) pool.give(taken)
				return undefined
			}
			blocks.push(block)
		}
		return new Shelf(range, deps, blocks)
	}

	/** Whether all of the range has come. */
	get full(): boolean {
		return this.#bytes === this.#range.end - this.#range.start
	}

	memory(): Uint8Array {
		const { blockBytes } = this.#deps.blocks
		const at = this.#bytes % blockBytes
		const block = this.#blocks[Math.floor(this.#bytes / blockBytes)] as Uint8Array
		return block.subarray(at, Math.min(blockBytes, at + this.#allowance.next))
	}

	filled(bytes: number): boolean {
		this.#bytes += bytes
		this.#deps.received(bytes)
		this.#allowance.use(bytes)
		return this.#allowance.ask()
	}

	/** What is held of a range, block by block. */
	piecesOf(range: ByteRange): { readonly at: number; readonly bytes: Uint8Array }[] {
		const { blockBytes } = this.#deps.blocks
		return this.#blocks.flatMap((block, index) => {
			const from = this.#range.start + index * blockBytes
			const start = Math.max(range.start, from)
			const end = Math.min(range.end, from + blockBytes)
			return start < end ? [{ at: start, bytes: block.subarray(start - from, end - from) }] : []
		})
	}

	/** Gives back the memory, and what it was allowed to receive. */
	close(): void {
		this.#allowance.close()
		for (const block of this.#blocks) this.#deps.blocks.give(block)
	}
}
