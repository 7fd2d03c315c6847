import { dirname } from 'node:path'
import type { Cancel } from '../base/abort.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk, FileFacts } from '../disk/contract.ts'
import { deleteName, look, syncFolder } from '../disk/names.ts'
import type { JournalHeader, JournalState } from '../journal/contract.ts'
import type { FileJournal } from '../journal/file.ts'
import { readJournalHeader } from '../journal/read.ts'
import type { DigestAlgorithm } from '../model/digest.ts'
import { isSameFile } from '../model/file-identity.ts'
import type { Piece } from '../model/piece-hashes.ts'
import type { Published, Sink } from '../sink/contract.ts'
import { createFileSink, type FilePlace } from '../sink/file.ts'
import type { Hashing } from '../verify/contract.ts'
import { startFileHashing } from '../verify/file-hashing.ts'
import { findWrongPieces } from '../verify/pieces.ts'
import { type Claim, lockedError } from './claims.ts'
import type { Place } from './contract.ts'
import type { GivenName } from './final-name.ts'
import type { HeldFile } from './held-file.ts'
import { hasHoles } from './holes.ts'
import type { PlaceNames } from './names.ts'

export interface FilePlaceParts {
	readonly disk: Disk
	readonly names: PlaceNames
	readonly claim: Claim
	readonly held: HeldFile
	readonly journaled: JournaledParts | undefined
	/** From this length on the file is synced before it counts as done. */
	readonly syncFromBytes: number
	/** Of the finished file. */
	readonly mode: number
	/** Gives the `.part` its final name. */
	readonly giveName: () => Promise<GivenName>
	readonly notice: (message: string) => void
}

export interface JournaledParts {
	readonly journal: FileJournal
	readonly header: JournalHeader
	readonly state: JournalState | undefined
}

/** Puts sink, journal and hashing together on one `.part` that is held. */
export function createFilePlace(parts: FilePlaceParts): Place {
	return new HeldPlace(parts)
}

class HeldPlace implements Place, FilePlace {
	readonly kind = 'place'
	readonly path: string
	readonly sink: Sink
	readonly journal: FileJournal | undefined
	readonly state: JournalState | undefined
	readonly #parts: FilePlaceParts

	constructor(parts: FilePlaceParts) {
		this.#parts = parts
		this.path = parts.names.final
		this.journal = parts.journaled?.journal
		this.state = parts.journaled?.state
		this.sink = createFileSink({
			descriptor: parts.held.descriptor,
			place: this,
			syncFromBytes: parts.syncFromBytes,
			mode: parts.mode,
		})
	}

	hash(algorithms: readonly DigestAlgorithm[]): Hashing {
		const { disk, names, held, journaled } = this.#parts
		const expectedBytes = journaled?.header.bytes
		return startFileHashing({ disk, path: names.part, file: held.identity, algorithms, expectedBytes })
	}

	findWrongPieces(algorithm: DigestAlgorithm, pieces: readonly Piece[], cancel: Cancel): Promise<readonly Piece[]> {
		return findWrongPieces(this.#parts.held.descriptor, algorithm, pieces, cancel)
	}

	async confirm(): Promise<void> {
		await this.#confirmFile()
		await this.#confirmJournal()
	}

	async #confirmJournal(): Promise<void> {
		const { disk, journaled, names } = this.#parts
		if (journaled === undefined) return
		const header = await readJournalHeader(disk, names.journal)
		if (header === undefined) throw disturbed(names.journal, 'was moved, deleted or damaged')
		if (header.nonce !== journaled.header.nonce) throw lockedError(names.part)
	}

	async publish(synced: boolean): Promise<Published> {
		const { disk, names } = this.#parts
		const facts = await this.#confirmFile()
		await this.#confirmJournal()
		if (await hasHoles(disk, names.part, facts)) throw disturbed(names.part, 'was cut while it was written')
		const given = await this.#parts.giveName()
		await this.#confirmNamed(given.path)
		if (synced) await syncFolder(disk, dirname(given.path))
		await this.#tidy(given.keptOld ? names.part : undefined)
		return { path: given.path }
	}

	async release(): Promise<void> {
		try {
			await this.journal?.close()
		} finally {
			await this.#parts.held.lock.release().finally(() => this.#parts.claim.release())
		}
	}

	async remove(): Promise<void> {
		try {
			await this.confirm()
		} catch (error) {
			// What is not ours any more is not ours to delete.
			this.#parts.notice(`Not deleted: ${(error as Error).message}`)
			return
		}
		await deleteName(this.#parts.disk, this.#parts.names.part)
		await this.journal?.remove()
	}

	lost(): void {
		this.journal?.lost()
	}

	/** Between the last look at the `.part` and its renaming, another program may have put a file of its own in its place. */
	async #confirmNamed(path: string): Promise<void> {
		const { disk, held, names } = this.#parts
		const facts = await look(disk, path)
		if (facts === undefined || !isSameFile(facts.identity, held.identity))
			throw disturbed(names.part, 'was replaced by another file')
	}

	/** The file is there under its name: what is left lying about is worth a word, not a failure. */
	async #tidy(part: string | undefined): Promise<void> {
		try {
			if (part !== undefined) await deleteName(this.#parts.disk, part)
			await this.journal?.remove()
		} catch (error) {
			this.#parts.notice(`Finished, but not tidied up: ${(error as Error).message}`)
		}
	}

	async #confirmFile(): Promise<FileFacts> {
		const { disk, held, journaled, names } = this.#parts
		const facts = await look(disk, names.part)
		if (facts === undefined) throw disturbed(names.part, 'was moved or deleted')
		if (!isSameFile(facts.identity, held.identity)) throw disturbed(names.part, 'was replaced by another file')
		if (journaled !== undefined && facts.bytes !== journaled.header.bytes) {
			throw disturbed(names.part, 'was cut or extended')
		}
		return facts
	}
}

function disturbed(path: string, what: string): DownloadError {
	return new DownloadError('E_IO', `${path} ${what} by another program`, {
		details: { path },
		hint: 'Run the same command again, with --fresh if that does not help.',
	})
}
