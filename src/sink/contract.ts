import type { Cancel } from '../base/abort.ts'

/** Where bytes go. Its promises are checked by `test/contract/sink.ts`. Every rejection is a `DownloadError`. */
export interface Sink {
	readonly abilities: SinkAbilities
	/**
	 * Writes all of `bytes` at offset `at`. The memory is the sink's until the promise settles.
	 *
	 * Overlapping writes at the same time are the caller's fault. The receipt holds the CRC32 where it was asked for.
	 * Rejects with E_NO_SPACE or E_IO.
	 */
	write(at: number, bytes: Uint8Array, options: WriteOptions): Promise<Receipt>
	/**
	 * The CRC32 of the `bytes` that are at `at`; undefined where there are fewer. Absent where a sink cannot read.
	 * Rejects with E_IO.
	 */
	checksum?(at: number, bytes: number): Promise<number | undefined>
	/**
	 * Durability's only promise: bytes of writes that settled before the call survive a power cut once it resolves.
	 *
	 * When it rejects, nothing written since the last flush that resolved may be counted on, even where it reads back:
	 * the system tells of a lost page once. From then on every flush and publish rejects with the same error. The run is
	 * over; a later one starts from what its journal calls durable.
	 */
	flush(): Promise<void>
	/**
	 * Puts the finished content, `bytes` long, under its final name. Called once, after the last write has settled.
	 * Never replaces a file that is not ours unless overwriting was asked for.
	 */
	publish(bytes: number): Promise<Published>
	/**
	 * Lets go of everything, keeping what is written. Waits for every write, flush and checksum under way; whatever is called
	 * later rejects. Idempotent. `publish` closes too when it resolves, and leaves the sink open when it rejects.
	 */
	close(): Promise<void>
	/** Closes, and deletes what was written, unless it was published or closed before, or is no longer ours. */
	discard(): Promise<void>
}

export interface SinkAbilities {
	/**
	 * Writes may come in any order. Where not, each byte comes once, and a write settles only when it starts at most
	 * `windowBytes` beyond what was handed on: who writes further ahead waits for those behind.
	 */
	readonly randomAccess: boolean
	/** How far past its front an in-order sink holds bytes back; 0 where `randomAccess`. */
	readonly windowBytes: number
}

export interface WriteOptions {
	/** Whether the receipt shall hold a CRC32. */
	readonly crc: boolean
}

export interface Receipt {
	readonly crc32: number | undefined
}

export interface Published {
	/** Where the content is now: an absolute path, or undefined for a sink without one. */
	readonly path: string | undefined
}

/** Memory that sockets fill and sinks empty: blocks from one pool for the whole process. */
export interface BlockPool {
	/** Of a block that is not a large one. */
	readonly blockBytes: number
	/** A block, or undefined when all are in use. */
	tryTake(): Uint8Array | undefined
	/** A larger one; undefined when there is none to spare. */
	tryTakeLarge(): Uint8Array | undefined
	/** One of the other size in place of one that was taken, and is given back; undefined, and nothing changes, when there is none. */
	exchange(block: Uint8Array): Uint8Array | undefined
	/** Waits its turn, first come first served. Rejects with the reason when cancelled. */
	take(cancel: Cancel): Promise<Uint8Array>
	/** Gives a block back. A block that nobody took, or that was given back already, is an error in the program and throws. */
	give(block: Uint8Array): void
}
