import type { Cancel } from '../../../src/base/abort.ts'
import type { Clock } from '../../../src/base/clock.ts'
import type { Destination, NewFile, Place, UrlIdentity } from '../../../src/destination/contract.ts'
import {
	createMemoryDestination,
	type MemoryDestination,
	type MemoryDestinationOptions,
} from '../../../src/destination/memory.ts'
import type { Journal, JournalHeader, JournalRecord, JournalState } from '../../../src/journal/contract.ts'
import type { MemoryJournal } from '../../../src/journal/memory.ts'
import { lengthOf } from '../../../src/model/byte-range.ts'
import type { DigestAlgorithm, DigestValue } from '../../../src/model/digest.ts'
import type { Piece } from '../../../src/model/piece-hashes.ts'
import type { RangeSet } from '../../../src/model/range-set.ts'
import type { Hashing } from '../../../src/verify/contract.ts'
import { type Disk, WatchedSink } from './watched-sink.ts'

type MemoryPlace = NonNullable<MemoryDestination['place']>

export type Left = NonNullable<MemoryDestinationOptions['unfinished']>

/** The memory destination with a disk's manners: what one attempt leaves the next one finds, and misuse is noted. */
export class WatchedDestination implements Destination {
	readonly fixedName = undefined
	readonly #clock: Clock
	readonly #disk: Disk & MemoryDestinationOptions
	readonly #blamed: string[] = []
	#place: WatchedPlace | undefined

	constructor(clock: Clock, disk: Disk & MemoryDestinationOptions = {}) {
		this.#clock = clock
		this.#disk = disk
	}

	get place(): WatchedPlace | undefined {
		return this.#place
	}

	get blamed(): readonly string[] {
		const { sink, journal } = this.#place ?? {}
		return [...this.#blamed, ...(sink?.blamed ?? []), ...(journal?.blamed ?? [])]
	}

	content(): Uint8Array {
		return this.#place?.sink.content() ?? new Uint8Array(0)
	}

	/** What a run that starts at this moment would find, the process being dead. */
	async left(): Promise<Left | undefined> {
		if (this.#place === undefined) return this.#disk.unfinished
		const { sink, journal } = this.#place
		const state = await journal?.load()
		const gone = sink.outcome.kind === 'discarded' || sink.outcome.kind === 'published'
		return gone || state === undefined ? undefined : { state, content: Uint8Array.from(sink.content()) }
	}

	async findUnfinished(name: string, url: UrlIdentity): Promise<Place | undefined> {
		this.#blameOpen()
		const unfinished = await this.left()
		if (unfinished === undefined) return undefined
		const inner = createMemoryDestination({ ...this.#disk, unfinished })
		return (await inner.findUnfinished(name, url)) && this.#watch(inner.place as MemoryPlace)
	}

	async open(file: NewFile): Promise<Place> {
		this.#blameOpen()
		const inner = createMemoryDestination(this.#disk)
		await inner.open(file)
		return this.#watch(inner.place as MemoryPlace)
	}

	#watch(place: MemoryPlace): WatchedPlace {
		if (this.#place !== undefined) this.#blamed.push(...this.#place.sink.blamed, ...(this.#place.journal?.blamed ?? []))
		this.#place = new WatchedPlace(place, this.#clock, this.#disk)
		return this.#place
	}

	#blameOpen(): void {
		if (this.#place?.sink.outcome.kind === 'open') this.#blamed.push('a place was not let go')
	}
}

export class WatchedPlace implements Place {
	readonly kind = 'place'
	readonly path = undefined
	readonly sink: WatchedSink
	readonly journal: WatchedJournal | undefined
	readonly state: JournalState | undefined
	readonly #inner: MemoryPlace

	constructor(inner: MemoryPlace, clock: Clock, disk: Disk) {
		this.#inner = inner
		this.sink = new WatchedSink(inner.sink, clock, disk)
		this.journal = inner.journal && new WatchedJournal(inner.journal, this.sink)
		this.state = inner.state
	}

	hash(algorithms: readonly DigestAlgorithm[]): Hashing {
		return this.#inner.hash(algorithms)
	}

	findWrongPieces(algorithm: DigestAlgorithm, pieces: readonly Piece[], cancel: Cancel): Promise<readonly Piece[]> {
		return this.#inner.findWrongPieces(algorithm, pieces, cancel)
	}

	confirm(): Promise<void> {
		return this.#inner.confirm()
	}
}

/** A journal that notes when it is told more than the sink has. */
export class WatchedJournal implements Journal {
	readonly blamed: string[] = []
	readonly records: JournalRecord[] = []
	readonly #inner: MemoryJournal
	readonly #sink: WatchedSink

	constructor(inner: MemoryJournal, sink: WatchedSink) {
		this.#inner = inner
		this.#sink = sink
	}

	load(): Promise<JournalState | undefined> {
		return this.#inner.load()
	}

	afterPowerCut(): JournalState | undefined {
		return this.#inner.afterPowerCut()
	}

	begin(header: JournalHeader, records?: readonly JournalRecord[]): Promise<void> {
		return this.#inner.begin(header, records)
	}

	append(record: JournalRecord): void {
		const { settled, synced } = this.#sink
		const there: RangeSet = record.kind === 'durable' ? synced : settled
		if (!there.has(record.range)) {
			this.blamed.push(`${lengthOf(record.range)} bytes at ${record.range.start} called ${record.kind}`)
		}
		this.records.push(record)
		this.#inner.append(record)
	}

	share(digest: DigestValue): Promise<void> {
		return this.#inner.share(digest)
	}

	sync(): Promise<void> {
		return this.#inner.sync()
	}

	remove(): Promise<void> {
		return this.#inner.remove()
	}

	close(): Promise<void> {
		return this.#inner.close()
	}
}
