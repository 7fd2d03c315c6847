import type { Cancel } from '../base/abort.ts'
import type { JournalState } from '../journal/contract.ts'
import { createMemoryJournal, type MemoryJournal } from '../journal/memory.ts'
import type { DigestAlgorithm } from '../model/digest.ts'
import type { Piece } from '../model/piece-hashes.ts'
import { createMemorySink, type MemorySink, type MemorySinkOptions } from '../sink/memory.ts'
import type { Hashing } from '../verify/contract.ts'
import { findWrongPieces } from '../verify/pieces.ts'
import type { Destination, NewFile, Place, UrlIdentity } from './contract.ts'
import { hashContent, readContent } from './memory-content.ts'

export interface MemoryDestinationOptions {
	/** What an earlier run left; found only for the URL that its header names. */
	readonly unfinished?: { readonly content: Uint8Array; readonly state: JournalState }
	/** The size of the disk. @default none */
	readonly limitBytes?: number
	/** From this length on a file has a journal. @default 0, so that a simulation may resume files of a few bytes */
	readonly journalFromBytes?: number
}

/** A destination in memory, for tests and simulations: it remembers its last place. */
export interface MemoryDestination extends Destination {
	/** The place given out last; undefined before the first. */
	readonly place: MemoryPlace | undefined
}

interface MemoryPlace extends Place {
	readonly sink: MemorySink
	readonly journal: MemoryJournal | undefined
	findWrongPieces(algorithm: DigestAlgorithm, pieces: readonly Piece[], cancel: Cancel): Promise<readonly Piece[]>
}

export function createMemoryDestination(options: MemoryDestinationOptions = {}): MemoryDestination {
	return new InMemory(options)
}

class InMemory implements MemoryDestination {
	readonly fixedName = undefined
	readonly #options: MemoryDestinationOptions
	#place: MemoryPlace | undefined

	constructor(options: MemoryDestinationOptions) {
		this.#options = options
	}

	get place(): MemoryPlace | undefined {
		return this.#place
	}

	async findUnfinished(_name: string, url: UrlIdentity): Promise<Place | undefined> {
		const { unfinished } = this.#options
		if (unfinished?.state.header.urlDigest !== url.urlDigest || this.#place?.sink.outcome.kind === 'discarded')
			return undefined
		const sink = createMemorySink({ ...this.#disk(), content: unfinished.content })
		this.#place = new InMemoryPlace(sink, createMemoryJournal(unfinished.state), unfinished.state)
		return this.#place
	}

	async open(file: NewFile): Promise<Place> {
		const isLong = (file.bytes ?? 0) >= (this.#options.journalFromBytes ?? 0)
		const journal = isLong ? await beginJournal(file) : undefined
		this.#place = new InMemoryPlace(createMemorySink(this.#disk()), journal, undefined)
		return this.#place
	}

	#disk(): MemorySinkOptions {
		const { limitBytes } = this.#options
		return limitBytes === undefined ? {} : { limitBytes }
	}
}

async function beginJournal(file: NewFile): Promise<MemoryJournal | undefined> {
	const { url, urlDigest, bytes, identity, resumable, sharedUnder } = file
	if (!resumable || bytes === undefined) return undefined
	const journal = createMemoryJournal()
	const inMemory = { device: '0', inode: '0', birthNs: '0' }
	await journal.begin({ url, urlDigest, bytes, identity, sharedUnder, file: inMemory, nonce: 'in memory' })
	return journal
}

class InMemoryPlace implements MemoryPlace {
	readonly kind = 'place'
	readonly path = undefined
	readonly sink: MemorySink
	readonly journal: MemoryJournal | undefined
	readonly state: JournalState | undefined

	constructor(sink: MemorySink, journal: MemoryJournal | undefined, state: JournalState | undefined) {
		this.sink = sink
		this.journal = journal
		this.state = state
	}

	hash(algorithms: readonly DigestAlgorithm[]): Hashing {
		return hashContent(this.sink, algorithms)
	}

	findWrongPieces(algorithm: DigestAlgorithm, pieces: readonly Piece[], cancel: Cancel): Promise<readonly Piece[]> {
		return findWrongPieces(readContent(this.sink), algorithm, pieces, cancel)
	}

	async confirm(): Promise<void> {}
}
