import { crc32 } from 'node:zlib'
import type { Clock } from '../../../src/base/clock.ts'
import { DownloadError } from '../../../src/base/errors.ts'
import type { ByteRange } from '../../../src/model/byte-range.ts'
import { RangeSet } from '../../../src/model/range-set.ts'
import type { Published, Receipt, SinkAbilities, WriteOptions } from '../../../src/sink/contract.ts'
import type { MemorySink } from '../../../src/sink/memory.ts'

/** What a disk does in virtual time. */
export interface Disk {
	/** How long a write takes. @default a microtask */
	readonly writeMs?: number
	/** How long a sync takes. @default a microtask */
	readonly flushMs?: number
	/** From so many written bytes on every write is E_IO. */
	readonly failsAfterBytes?: number
}

/** A sink in memory that takes its time, and notes what is asked of it that no right program asks. */
export class WatchedSink implements MemorySink {
	readonly blamed: string[] = []
	/** Writes that have settled. */
	readonly settled: RangeSet
	/** Writes that had settled before the last sync that resolved began. */
	synced: RangeSet
	readonly #inner: MemorySink
	readonly #clock: Clock
	readonly #disk: Disk
	readonly #underWay = new Set<ByteRange>()
	#written = 0

	constructor(inner: MemorySink, clock: Clock, disk: Disk) {
		this.#inner = inner
		this.#clock = clock
		this.#disk = disk
		this.settled = new RangeSet([{ start: 0, end: inner.content().length }])
		this.synced = new RangeSet(this.settled.ranges)
	}

	get abilities(): SinkAbilities {
		return this.#inner.abilities
	}

	get outcome(): MemorySink['outcome'] {
		return this.#inner.outcome
	}

	content(): Uint8Array {
		return this.#inner.content()
	}

	async write(at: number, bytes: Uint8Array, options: WriteOptions): Promise<Receipt> {
		const { writeMs, failsAfterBytes = Number.POSITIVE_INFINITY } = this.#disk
		const range = { start: at, end: at + bytes.length }
		this.#blameOverlap(range)
		this.#underWay.add(range)
		try {
			if (writeMs !== undefined) await this.#clock.sleep(writeMs)
			this.#written += bytes.length
			if (this.#written > failsAfterBytes) throw new DownloadError('E_IO', 'the disk is broken')
			const receipt = await this.#inner.write(at, bytes, options)
			this.settled.add(range)
			return receipt
		} finally {
			this.#underWay.delete(range)
		}
	}

	async checksum(at: number, bytes: number): Promise<number | undefined> {
		const there = this.content().subarray(at, at + bytes)
		return there.length === bytes ? crc32(there) : undefined
	}

	async flush(): Promise<void> {
		const covered = new RangeSet(this.settled.ranges)
		if (this.#disk.flushMs !== undefined) await this.#clock.sleep(this.#disk.flushMs)
		await this.#inner.flush()
		this.synced = covered
	}

	publish(bytes: number): Promise<Published> {
		this.#blameUnderWay('published')
		return this.#inner.publish(bytes)
	}

	close(): Promise<void> {
		this.#blameUnderWay('closed')
		return this.#inner.close()
	}

	discard(): Promise<void> {
		this.#blameUnderWay('discarded')
		return this.#inner.discard()
	}

	#blameOverlap({ start, end }: ByteRange): void {
		if (this.outcome.kind !== 'open') this.blamed.push(`a write to a sink that is ${this.outcome.kind}`)
		for (const other of this.#underWay)
			if (other.start < end && start < other.end) this.blamed.push(`overlapping writes at ${start}`)
	}

	#blameUnderWay(what: string): void {
		if (this.#underWay.size > 0) this.blamed.push(`${what} with ${this.#underWay.size} writes under way`)
	}
}
