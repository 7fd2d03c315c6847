import type { BlockPool } from '../../sink/contract.ts'

export interface Block {
	readonly memory: Uint8Array
	/** The socket has filled it up to here. */
	filled: number
	/** Handed to the sink up to here; a partly filled block is written while the socket fills the rest. */
	handed: number
	/** Writes that have not settled: until then the memory is the sink's. */
	writes: number
}

/**
 * The memory of one lane: two blocks in turn, one that the socket fills while the sink takes the other. It begins with a
 * block of the usual size, and goes over to large ones where they may be `large`, as far as the pool has them.
 */
export class LaneBlocks {
	readonly #pool: BlockPool
	readonly #large: () => boolean
	#current: Block
	#spare: Block | undefined

	/** Takes over `first`. */
	constructor(first: Uint8Array, pool: BlockPool, large: () => boolean) {
		this.#current = emptyBlock(first)
		this.#pool = pool
		this.#large = large
	}

	/** The one that is filled. */
	get current(): Block {
		return this.#current
	}

	/** The sink has all that it was given. */
	get settled(): boolean {
		return this.#current.writes + (this.#spare?.writes ?? 0) === 0
	}

	/** Whether a large one, not yet full, has as much as fills a block of the usual size that was not handed on. */
	get owesUsualBlock(): boolean {
		const { filled, handed, memory } = this.#current
		return memory.length > this.#pool.blockBytes && filled - handed >= this.#pool.blockBytes
	}

	/** Turns to the other block; false while the sink has that one too, or the pool has none. */
	turn(): boolean {
		this.#fitSpare()
		const next = this.#spare ?? this.#anotherBlock()
		if (next === undefined || next.writes > 0) return false
		this.#spare = this.#current
		this.#fill(next)
		return true
	}

	/** Turns to a block that the sink has let go of; false where the sink has part of it, or has not been handed part of it yet. */
	turnBackTo(block: Block): boolean {
		if (block.writes > 0 || block.handed < block.filled) return false
		if (block !== this.#current) this.#spare = this.#current
		this.#fill(block)
		return true
	}

	/** For a lane that can wait until the sink has taken the first block. */
	giveSpare(): void {
		if (this.#spare === undefined || this.#spare.writes > 0) return
		this.#pool.give(this.#spare.memory)
		this.#spare = undefined
	}

	rewind(): void {
		this.#fill(this.#current)
	}

	/** Gives all back. To be called when it has settled: memory that the sink still reads is no one else's to fill. */
	close(): void {
		if (!this.settled) throw new TypeError('The blocks of a lane were closed while the sink had them')
		this.#pool.give(this.#current.memory)
		this.giveSpare()
	}

	#fill(block: Block): void {
		block.filled = 0
		block.handed = 0
		this.#current = block
	}

	#anotherBlock(): Block | undefined {
		const memory = (this.#large() ? this.#pool.tryTakeLarge() : undefined) ?? this.#pool.tryTake()
		return memory === undefined ? undefined : emptyBlock(memory)
	}

	/** Changes an idle spare block for one of the size that is wanted now, where it is to be had. */
	#fitSpare(): void {
		const spare = this.#spare
		if (spare === undefined || spare.writes > 0) return
		const isLarge = spare.memory.length > this.#pool.blockBytes
		if (isLarge === this.#large()) return
		const memory = this.#pool.exchange(spare.memory)
		if (memory !== undefined) this.#spare = emptyBlock(memory)
	}
}

const emptyBlock = (memory: Uint8Array): Block => ({ memory, filled: 0, handed: 0, writes: 0 })
