import type { Clock } from '../../base/clock.ts'
import { type Claim, type SegmentMap, unknownEnd } from '../../model/segment-map.ts'
import type { BlockPool, Sink } from '../../sink/contract.ts'
import type { Exchange, Intake } from '../../transport/contract.ts'
import type { Allowance, RateShare } from '../rate-limit.ts'
import { type Block, LaneBlocks } from './lane-blocks.ts'

/** What became of bytes; called as the writes of a lane settle. */
export interface IntakeEvents {
	/** Bytes came off the network, wasted ones included. */
	received(bytes: number): void
	/** Bytes of the claim are in the sink. */
	written(claim: Claim, start: number, end: number, crc32: number | undefined): void
	/** The sink failed; nothing more will be written. */
	failed(error: unknown): void
	/** The claim is full and the response goes on: whether the claim could be lengthened. */
	grow(claim: Claim, limit: number): boolean
}

/** Nobody sends longer pages in place of a file; a response that brought more is one. */
const longestErrorPageBytes = 256 * 1024

/**
 * What a lane receives, on its way to the sink.
 *
 * The memory goes back to the pool in `close`, when both the transport and the sink have let go of it.
 */
export class BlockIntake implements Intake {
	readonly #map: SegmentMap
	readonly #sink: Sink
	readonly #clock: Clock
	readonly #events: IntakeEvents
	readonly #crc: () => boolean
	readonly #allowance: Allowance
	readonly #blocks: LaneBlocks
	#claim: Claim | undefined
	#exchange: Exchange | undefined
	#limit = 0
	#begunAt = 0
	#tentative: (() => void)[] | undefined
	#overrun = false
	#paused = false
	#lastByteMs: number
	#wakeWhenSettled: (() => void) | undefined

	constructor(
		first: Uint8Array,
		deps: {
			readonly map: SegmentMap
			readonly sink: Sink
			readonly blocks: BlockPool
			readonly clock: Clock
			readonly rateShare: RateShare
			/** Whether writes shall be recorded with their CRC32. */
			readonly crc: () => boolean
			/** Whether it is so fast that a large block is full in a moment. */
			readonly large: () => boolean
		},
		events: IntakeEvents,
	) {
		this.#map = deps.map
		this.#sink = deps.sink
		this.#clock = deps.clock
		this.#crc = deps.crc
		this.#events = events
		this.#allowance = deps.rateShare.open(() => this.#goOn())
		this.#blocks = new LaneBlocks(first, deps.blocks, deps.large)
		this.#lastByteMs = deps.clock.now()
	}

	/** True once the response had more than the claim still wants: its connection is of no further use. */
	get overrun(): boolean {
		return this.#overrun
	}

	/** The sink has not taken yet what came. */
	get paused(): boolean {
		return this.#paused
	}

	/** The rate limit has it wait for its turn. */
	get limited(): boolean {
		return this.#allowance.waits
	}

	get lastByteMs(): number {
		return this.#lastByteMs
	}

	/** Begins a response whose body holds the claim's bytes from its position on, up to `limit`. */
	begin(claim: Claim, exchange: Exchange, limit: number): void {
		this.#claim = claim
		this.#exchange = exchange
		this.#limit = limit
		this.#overrun = false
		this.#begunAt = claim.position
		// With a Content-Length the length of a part was checked before its first byte. Without, a page that says "slow down"
		// under a right Content-Range shows only when it ends early: until then its bytes do not count.
		this.#tentative = exchange.head.contentLength === undefined && limit < unknownEnd ? [] : undefined
		this.#lastByteMs = this.#clock.now()
	}

	memory(): Uint8Array {
		const { memory, filled } = this.#blocks.current
		return memory.subarray(filled, Math.min(memory.length, filled + this.#allowance.next))
	}

	filled(bytes: number): boolean {
		const claim = this.#claim as Claim
		this.#lastByteMs = this.#clock.now()
		this.#events.received(bytes)
		this.#allowance.use(bytes)
		const wanted = this.#wantedOf(claim, bytes)
		this.#map.advance(claim, wanted)
		const block = this.#blocks.current
		block.filled += wanted
		if (this.#tentative !== undefined && claim.position - this.#begunAt > longestErrorPageBytes) this.count()
		if (wanted < bytes || this.#isFull(claim)) return this.#stopHere()
		if (block.filled < block.memory.length) {
			// A large block is no reason to record what came later than others do.
			if (this.#blocks.owesUsualBlock && this.#crc()) this.writeFilled()
			return this.#allowance.ask()
		}
		this.writeFilled()
		return this.#takeNextBlock() && this.#allowance.ask()
	}

	/** Hands to the sink what has come since the last time. */
	writeFilled(): void {
		const claim = this.#claim
		const block = this.#blocks.current
		if (claim === undefined || block.filled === block.handed) return
		const end = claim.position
		const start = end - (block.filled - block.handed)
		const bytes = block.memory.subarray(block.handed, block.filled)
		block.handed = block.filled
		block.writes += 1
		this.#sink
			.write(start, bytes, { crc: this.#crc() })
			.then(({ crc32 }) => {
				const written = (): void => this.#events.written(claim, start, end, crc32)
				if (this.#tentative === undefined) written()
				else this.#tentative.push(written)
			})
			.catch(error => this.#events.failed(error))
			.then(() => this.#settled(block))
	}

	/** Writes what is left of the response, and waits until the sink has taken everything. */
	async end(): Promise<void> {
		this.#allowance.withdraw()
		this.writeFilled()
		while (!this.#blocks.settled) {
			await new Promise<void>(resolve => {
				this.#wakeWhenSettled = resolve
			})
		}
		this.#paused = false
		this.#claim = undefined
		this.#exchange = undefined
		this.#blocks.rewind()
	}

	/** Whether the bytes of the last response are the file's. */
	get counted(): boolean {
		return this.#tentative === undefined
	}

	/** What came without a length of its own is the file after all. */
	count(): void {
		const written = this.#tentative ?? []
		this.#tentative = undefined
		for (const count of written) count()
	}

	/** Gives back the memory, and what it was allowed to receive. To be called after `end`. */
	close(): void {
		this.#allowance.close()
		this.#blocks.close()
	}

	/** How many of the bytes are the claim's; a full claim is lengthened first where that can be. */
	#wantedOf(claim: Claim, bytes: number): number {
		const room = (): number => Math.min(claim.end, this.#limit) - claim.position
		while (bytes >= room() && claim.end < this.#limit && this.#events.grow(claim, this.#limit)) {}
		return Math.min(bytes, room())
	}

	/** Full although the response has more: it was stolen from. */
	#isFull(claim: Claim): boolean {
		return claim.position === claim.end && claim.end < this.#limit
	}

	#stopHere(): boolean {
		this.#overrun = true
		this.#exchange?.cancel(undefined)
		return false
	}

	#takeNextBlock(): boolean {
		this.#paused = !this.#blocks.turn()
		return !this.#paused
	}

	/** A second block is for a lane that cannot wait until the sink has taken the first; one that waits for its turn can. */
	#settled(block: Block): void {
		block.writes -= 1
		const waiter = this.#wakeWhenSettled
		this.#wakeWhenSettled = undefined
		waiter?.()
		if (!this.#paused) {
			if (this.limited) this.#blocks.giveSpare()
			return
		}
		if (!this.#blocks.turnBackTo(block)) return
		this.#paused = false
		if (this.#allowance.ask()) this.#goOn()
	}

	#goOn(): void {
		this.#lastByteMs = this.#clock.now()
		this.#exchange?.resume()
	}
}
