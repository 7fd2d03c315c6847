import { dirname } from 'node:path'
import type { Cancel } from '../base/abort.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk } from '../disk/contract.ts'
import { deleteName, syncFolder } from '../disk/names.ts'
import type { DigestAlgorithm } from '../model/digest.ts'
import type { Piece } from '../model/piece-hashes.ts'
import type { Published, Receipt, Sink, SinkAbilities, WriteOptions } from '../sink/contract.ts'
import { createMemorySink, type MemorySink } from '../sink/memory.ts'
import type { Hashing } from '../verify/contract.ts'
import { findWrongPieces } from '../verify/pieces.ts'
import type { Claim } from './claims.ts'
import type { Place } from './contract.ts'
import type { GivenName } from './final-name.ts'
import { hashContent, readContent } from './memory-content.ts'
import type { PlaceNames } from './names.ts'
import { createFile } from './open-file.ts'

export interface SmallPlaceParts {
	readonly disk: Disk
	readonly names: PlaceNames
	/** Gives what the file is called until it has its own name: one of chance, so that nobody has to be kept from it. */
	readonly scratch: () => string
	readonly claim: Claim
	/** Whether the file is synced before it counts as done. */
	readonly sync: boolean
	/** Of the finished file. */
	readonly mode: number
	/** Gives the file at `scratch` its final name. */
	readonly giveName: (scratch: string) => Promise<GivenName>
	readonly notice: (message: string) => void
}

/**
 * A place for a small file: the bytes are held in memory until all of them are there and have been checked. Then they are
 * written at once, under a name of chance, and that file is given the final name.
 *
 * There is no `.part` that others could find unfinished, so there is none to lock, to look after, or to move aside. A kill
 * leaves nothing or, in the moment between the write and the naming, the file of chance. Nobody deletes that: none can tell
 * whether its owner lives.
 */
export function createSmallPlace(parts: SmallPlaceParts): Place {
	return new SmallPlace(parts)
}

class SmallPlace implements Place {
	readonly kind = 'place'
	readonly path: string
	readonly sink: Sink
	readonly journal = undefined
	readonly state = undefined
	readonly #memory = createMemorySink()

	constructor(parts: SmallPlaceParts) {
		this.path = parts.names.final
		this.sink = new SmallSink(this.#memory, parts)
	}

	hash(algorithms: readonly DigestAlgorithm[]): Hashing {
		return hashContent(this.#memory, algorithms)
	}

	findWrongPieces(algorithm: DigestAlgorithm, pieces: readonly Piece[], cancel: Cancel): Promise<readonly Piece[]> {
		return findWrongPieces(readContent(this.#memory), algorithm, pieces, cancel)
	}

	/** Nothing of it is where others could take it away. */
	async confirm(): Promise<void> {}
}

class SmallSink implements Sink {
	readonly abilities: SinkAbilities
	readonly #memory: MemorySink
	readonly #parts: SmallPlaceParts

	constructor(memory: MemorySink, parts: SmallPlaceParts) {
		this.abilities = memory.abilities
		this.#memory = memory
		this.#parts = parts
	}

	write(at: number, bytes: Uint8Array, options: WriteOptions): Promise<Receipt> {
		return this.#memory.write(at, bytes, options)
	}

	checksum(at: number, bytes: number): Promise<number | undefined> {
		return this.#memory.checksum?.(at, bytes) ?? Promise.resolve(undefined)
	}

	/** What has no journal is never gone on with: there is nothing that a power cut could be survived for. */
	flush(): Promise<void> {
		return this.#memory.flush()
	}

	async publish(bytes: number): Promise<Published> {
		// Refuses where it is closed.
		await this.#memory.flush()
		const content = this.#memory.content()
		if (content.length < bytes) throw tooShort(this.#parts.names.final, content.length, bytes)
		const { path } = await this.#putInPlace(content.subarray(0, bytes))
		await this.close()
		return { path }
	}

	async close(): Promise<void> {
		await this.#memory.close()
		this.#parts.claim.release()
	}

	async discard(): Promise<void> {
		await this.#memory.discard()
		this.#parts.claim.release()
	}

	async #putInPlace(content: Uint8Array): Promise<GivenName> {
		const scratch = this.#parts.scratch()
		try {
			return await this.#writeAndName(content, scratch)
		} catch (error) {
			// What fails in turn must not hide why.
			await deleteName(this.#parts.disk, scratch).catch(() => {})
			throw error
		}
	}

	async #writeAndName(content: Uint8Array, scratch: string): Promise<GivenName> {
		const { disk, sync, giveName, notice } = this.#parts
		await this.#write(content, scratch)
		const given = await giveName(scratch)
		if (sync) await syncFolder(disk, dirname(given.path))
		if (given.keptOld) {
			await deleteName(disk, scratch).catch(({ message }: Error) => notice(`Finished, but not tidied up: ${message}`))
		}
		return given
	}

	/** Closed before it is named: a full disk or quota may be told only then. */
	async #write(content: Uint8Array, scratch: string): Promise<void> {
		const { disk, mode, sync } = this.#parts
		const file = await createFile(disk, scratch)
		if (file === undefined) throw new DownloadError('E_IO', `Cannot create ${scratch}: it exists`)
		try {
			await file.write(0, content)
			await file.setMode(mode)
			if (sync) await file.syncAll()
		} finally {
			await file.close()
		}
	}
}

function tooShort(path: string, there: number, bytes: number): DownloadError {
	return new DownloadError('E_INTERNAL', `${there} of ${bytes} bytes came for ${path}`)
}
