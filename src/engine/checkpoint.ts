import type { Place } from '../destination/contract.ts'
import type { ByteRange } from '../model/byte-range.ts'
import type { SegmentMap } from '../model/segment-map.ts'

const everyMs = 2_000
const everyBytes = 32 * 1024 * 1024

/**
 * Makes written bytes durable in the background. The order is what makes resume safe: first the data is synced, then the
 * record of it is appended. The journal may lag behind the sink, never lead it.
 */
export class Checkpoint {
	readonly #map: SegmentMap
	readonly #place: Place
	readonly #failed: (error: unknown) => void
	#running: Promise<void> | undefined
	#lastMs: number
	#lastWritten: number

	constructor(map: SegmentMap, place: Place, nowMs: number, failed: (error: unknown) => void) {
		this.#map = map
		this.#place = place
		this.#failed = failed
		this.#lastMs = nowMs
		this.#lastWritten = map.writtenBytes
	}

	/** Notes in the journal that bytes survive the death of the process. */
	written(range: ByteRange, crc32: number | undefined): void {
		if (crc32 !== undefined) this.#place.journal?.append({ kind: 'written', range, crc32 })
	}

	/** Begins a checkpoint when one is due and none is under way: one sync in flight, never on the way of the bytes. */
	tick(nowMs: number): void {
		if (this.#place.journal === undefined || this.#running !== undefined) return
		const bytes = this.#map.writtenBytes - this.#lastWritten
		if (bytes === 0 || (nowMs - this.#lastMs < everyMs && bytes < everyBytes)) return
		this.#lastMs = nowMs
		this.#lastWritten = this.#map.writtenBytes
		this.#running = this.#run()
			.catch(this.#failed)
			.finally(() => {
				this.#running = undefined
			})
	}

	/** The last one before the run lets go of the file, so that nothing is lost that came. */
	async finish(): Promise<void> {
		await this.#running
		if (this.#place.journal !== undefined) await this.#run()
	}

	async settled(): Promise<void> {
		await this.#running
	}

	async #run(): Promise<void> {
		const { journal, sink } = this.#place
		// Another process may have moved or taken the file: what is written since would not be ours.
		await this.#place.confirm()
		const covered = this.#map.notYetDurable()
		if (covered.length === 0) return
		await sink.flush()
		for (const range of covered) {
			this.#map.markDurable(range)
			journal?.append({ kind: 'durable', range })
		}
		await journal?.sync()
	}
}
