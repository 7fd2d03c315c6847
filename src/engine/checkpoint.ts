import { bothSettled } from '../base/both-settled.ts'
import type { Clock } from '../base/clock.ts'
import type { Place } from '../destination/contract.ts'
import type { ByteRange } from '../model/byte-range.ts'
import type { SegmentMap } from '../model/segment-map.ts'
import type { Sink } from '../sink/contract.ts'

const everyMs = 2_000
const everyBytes = 32 * 1024 * 1024
/** Records of checkpoints that follow each other are synced together: by the last, or the first that ends so long after such a sync. */
const recordsWaitMs = 250

/** What a checkpoint needs of a place. */
export interface CheckpointedPlace extends Pick<Place, 'confirm' | 'journal'> {
	readonly sink: Pick<Sink, 'flush'>
}

/**
 * Makes written bytes durable in the background. The order is what makes resume safe: first the data is synced, then the
 * record of it is appended. The journal may lag behind the sink, never lead it.
 */
export class Checkpoint {
	readonly #map: SegmentMap
	readonly #place: CheckpointedPlace
	readonly #clock: Clock
	readonly #failed: (error: unknown) => void
	#running: Promise<void> | undefined
	#ending = false
	#lastMs: number
	#lastWritten: number
	#recordsSyncedMs: number

	constructor(map: SegmentMap, place: CheckpointedPlace, clock: Clock, failed: (error: unknown) => void) {
		this.#map = map
		this.#place = place
		this.#clock = clock
		this.#failed = failed
		this.#lastMs = clock.now()
		this.#recordsSyncedMs = this.#lastMs
		this.#lastWritten = map.writtenBytes
	}

	/** Notes in the journal that bytes survive the death of the process. What is due by them does not wait for a tick. */
	written(range: ByteRange, crc32: number | undefined): void {
		if (crc32 !== undefined) this.#place.journal?.append({ kind: 'written', range, crc32 })
		this.tick()
	}

	/** Begins a checkpoint when one is due and none is under way: one sync in flight, never on the way of the bytes. */
	tick(): void {
		if (this.#place.journal === undefined || this.#ending || this.#running !== undefined || !this.#isDue()) return
		this.#running = this.#runWhileDue()
			.catch(this.#failed)
			.finally(() => {
				this.#running = undefined
			})
	}

	/** The last one before the run lets go of the file, so that nothing is lost that came. */
	async finish(): Promise<void> {
		await this.settled()
		if (this.#place.journal === undefined) return
		try {
			await this.#cover()
		} finally {
			// What earlier checkpoints covered is durable whatever became of this one.
			await this.#syncRecords()
		}
	}

	/** None is under way any more, and no tick begins another by itself. */
	async settled(): Promise<void> {
		this.#ending = true
		await this.#running
	}

	#isDue(): boolean {
		const bytes = this.#map.writtenBytes - this.#lastWritten
		return bytes >= everyBytes || (bytes > 0 && this.#clock.now() - this.#lastMs >= everyMs)
	}

	/** At a high rate the next is due when one ends: a disk that stood still until the next tick would be waited for at the end. */
	async #runWhileDue(): Promise<void> {
		do {
			this.#lastMs = this.#clock.now()
			this.#lastWritten = this.#map.writtenBytes
			await this.#cover()
			if (!this.#goesOn() || this.#clock.now() - this.#recordsSyncedMs >= recordsWaitMs) await this.#syncRecords()
		} while (this.#goesOn())
	}

	#goesOn(): boolean {
		return !this.#ending && this.#isDue()
	}

	/** Syncs what is written, and then records that it was. */
	async #cover(): Promise<void> {
		const { journal, sink } = this.#place
		const covered = this.#map.notYetDurable()
		// Another process may have moved or taken the file: what is written since would not be ours.
		await bothSettled(this.#place.confirm(), covered.length > 0 ? sink.flush() : Promise.resolve())
		for (const range of covered) {
			this.#map.markDurable(range)
			journal?.append({ kind: 'durable', range })
		}
	}

	async #syncRecords(): Promise<void> {
		await this.#place.journal?.sync()
		this.#recordsSyncedMs = this.#clock.now()
	}
}
