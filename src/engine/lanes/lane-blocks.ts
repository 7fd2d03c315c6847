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
 * block of the usual size, and goes over to large ones where it is `fast`, as far as the pool has them.
 */
export class LaneBlocks {
	readonly #pool: BlockPool
	readonly #fast: () => boolean
	#current: Block
	#spare: Block | undefined

	/** Takes over `first`. */
	constructor(first: Uint8Array, pool: BlockPool, fast: () => boolean) {
		this.#current = emptyBlock(first)
		this.#pool = pool
		this.#fast = fast
	}

	/** The one that is filled. */
	get current(): Block {
		return this.#current
	}

	/** The sink has all that it was given. */
	get settled(): boolean {
		return this.#current.writes + (this.#spare?.writes ?? 0) === 0
	}

	/** Whether as much has come as fills a block of the usual size, and was not handed on. */
	get holdsUsualBlock(): boolean {
		const { filled, handed, memory } = this.#current
		return memory.length > this.#pool.blockBytes && filled - handed >= this.#pool.blockBytes
	}

	/** Turns to the other block; false while the sink has that one too, or the pool has none. */
	turn(): boolean {
		const next = this.#largerSpare() ?? this.#spare ?? this.#anotherBlock()
		if (next === undefined || next.writes > 0) return false
		this.#spare = this.#current
		this.#fill(next)
		return true
	}

	/** Turns to a block that the sink has let go of; false while it holds some of it, or holds what nobody has handed on. */
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

	/** Gives all back. To be called when the sink has let go of it. */
	close(): void {
		this.#pool.give(this.#current.memory)
		this.giveSpare()
	}

	#fill(block: Block): void {
		block.filled = 0
		block.handed = 0
		this.#current = block
	}

	#anotherBlock(): Block | undefined {
		const memory = (this.#fast() ? this.#pool.tryTakeLarge() : undefined) ?? this.#pool.tryTake()
		return memory === undefined ? undefined : emptyBlock(memory)
	}

	/** In place of a spare block of the usual size, where it is to be had. */
	#largerSpare(): Block | undefined {
		const spare = this.#spare
		if (spare === undefined || spare.writes > 0 || spare.memory.length > this.#pool.blockBytes || !this.#fast())
			return undefined
		const memory = this.#pool.tryTakeLarge()
		if (memory === undefined) return undefined
		this.giveSpare()
		return emptyBlock(memory)
	}
}

const emptyBlock = (memory: Uint8Array): Block => ({ memory, filled: 0, handed: 0, writes: 0 })
