import { assertNever } from '../base/assert-never.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk, DiskFile } from '../disk/contract.ts'
import type { DigestAlgorithm } from '../model/digest.ts'
import { type FileIdentity, isSameFile } from '../model/file-identity.ts'
import type { Hashing } from './contract.ts'
import { hashFile, readFailure } from './file-reading.ts'
import { createHashers } from './hashers.ts'
import { HashingThread } from './hashing-thread.ts'
import type { WorkerAnswer } from './worker.ts'

type Digests = ReadonlyMap<DigestAlgorithm, string>

/** A thread takes some 30 ms to start, in which 16 MiB are hashed: for less it costs more than it saves. */
const threadFromBytes = 16 * 1024 * 1024

export interface FileHashingOptions {
	readonly disk: Disk
	readonly path: string
	/** The file that is meant: another one under that name is not hashed. */
	readonly file: FileIdentity
	readonly algorithms: readonly DigestAlgorithm[]
	/** How long it will be, where that is known: then a thread that is worth it is there when the first bytes come. */
	readonly expectedBytes?: number | undefined
}

/**
 * Hashes a file while it grows: in a thread of its own that follows the front, or in `finish` where the file is too small
 * to pay for one, or known by no number, or where the system has no thread for it.
 *
 * Once opened, it is read through that descriptor: it may be renamed or unlinked, and no other one can take its place. A
 * symbolic link is not followed. Every failure is told by `finish`.
 */
export function startFileHashing(options: FileHashingOptions): Hashing {
	return new FileHashing(options)
}

class FileHashing implements Hashing {
	readonly #path: string
	readonly #algorithms: readonly DigestAlgorithm[]
	readonly #expectedBytes: number
	readonly #opening: Promise<DiskFile>
	#thread: HashingThread | undefined
	/** The system gave no thread: it is not asked again, and the file is hashed in `finish`. */
	#threadRefused = false
	#hashingHere: Promise<unknown> = Promise.resolve()
	#closed: Promise<void> | undefined

	constructor({ disk, path, file, algorithms, expectedBytes = 0 }: FileHashingOptions) {
		this.#path = path
		this.#algorithms = algorithms
		this.#expectedBytes = expectedBytes
		this.#opening = openThatOne(disk, path, file)
		// It may fail long before `finish` asks for it.
		this.#opening.catch(() => {})
		this.advance(0)
	}

	advance(front: number): void {
		const bytes = Math.max(front, this.#expectedBytes)
		if (bytes < threadFromBytes || this.#closed !== undefined) return
		this.#opening.then(
			file => this.#threadFor(file, bytes)?.follow(front),
			() => {},
		)
	}

	async finish(bytes: number): Promise<Digests> {
		if (this.#closed !== undefined) throw givenUp()
		const file = await this.#opening
		if (this.#closed !== undefined) throw givenUp()
		const thread = this.#threadFor(file, bytes)
		if (thread !== undefined) return this.#digestsIn(await thread.finish(bytes), bytes)
		const hashing = this.#hashHere(file, bytes)
		this.#hashingHere = hashing.catch(() => {})
		return await hashing
	}

	close(): Promise<void> {
		this.#closed ??= this.#stopAndClose()
		return this.#closed
	}

	/** The one that is there, or a new one for a file that is long enough and has a number; undefined where there can be none. */
	#threadFor({ number }: DiskFile, bytes: number): HashingThread | undefined {
		if (this.#closed !== undefined) return undefined
		const isWorthOne = bytes >= threadFromBytes && number !== undefined && !this.#threadRefused
		if (this.#thread === undefined && isWorthOne) this.#thread = this.#startThread(number)
		return this.#thread
	}

	#startThread(descriptor: number): HashingThread | undefined {
		try {
			return new HashingThread({ descriptor, algorithms: this.#algorithms })
		} catch {
			// EAGAIN of the system, at its limit of threads: the digests are worth more than the time that one saves.
			this.#threadRefused = true
			return undefined
		}
	}

	/** The descriptor goes last: closed under a read, its number could be another file's by then. */
	async #stopAndClose(): Promise<void> {
		const file = await this.#opening.catch(() => undefined)
		await Promise.all([this.#thread?.close(), this.#hashingHere])
		// Nothing was written through it: a close that fails has nothing to tell.
		await file?.close().catch(() => {})
	}

	async #hashHere(file: DiskFile, bytes: number): Promise<Digests> {
		const hashers = createHashers(this.#algorithms)
		const hashed = await hashFile(file, hashers, bytes, () => this.#closed === undefined).catch(error => {
			throw readFailure(this.#path, error)
		})
		if (this.#closed !== undefined) throw givenUp()
		if (hashed < bytes) throw tooShort(this.#path, hashed, bytes)
		return hashers.digests()
	}

	#digestsIn(answer: WorkerAnswer, bytes: number): Digests {
		switch (answer.kind) {
			case 'digests':
				return answer.digests
			case 'short':
				throw tooShort(this.#path, answer.bytes, bytes)
			case 'failed':
				throw readFailure(this.#path, Object.assign(new Error(answer.message), { code: answer.errno, syscall: 'read' }))
			default:
				return assertNever(answer)
		}
	}
}

async function openThatOne(disk: Disk, path: string, meant: FileIdentity): Promise<DiskFile> {
	try {
		const file = await disk.open(path, 'read')
		try {
			if (!isSameFile((await file.look()).identity, meant)) throw replaced(path)
			return file
		} catch (error) {
			await file.close()
			throw error
		}
	} catch (error) {
		throw readFailure(path, error)
	}
}

function replaced(path: string): DownloadError {
	return new DownloadError('E_IO', `${path} was replaced by another file before it could be hashed`)
}

function tooShort(path: string, found: number, wanted: number): DownloadError {
	return new DownloadError('E_IO', `${path} ends after ${found} of ${wanted} bytes`)
}

function givenUp(): DownloadError {
	return new DownloadError('E_ABORTED', 'The file is no longer being hashed')
}
