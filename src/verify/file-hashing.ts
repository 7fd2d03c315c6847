import { close as closeWithCallback, constants, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { assertNever } from '../base/assert-never.ts'
import { DownloadError } from '../base/errors.ts'
import type { DigestAlgorithm } from '../model/digest.ts'
import type { Hashing } from './contract.ts'
import { hashFile, readFailure } from './file-reading.ts'
import { createHashers } from './hashers.ts'
import { HashingThread } from './hashing-thread.ts'
import type { WorkerAnswer } from './worker.ts'

type Digests = ReadonlyMap<DigestAlgorithm, string>

/** A thread takes some 30 ms to start, in which 16 MiB are hashed: for less it costs more than it saves. */
const threadFromBytes = 16 * 1024 * 1024

/** Not blocking: should a pipe stand there, the call must return all the same. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

const closeDescriptor = promisify(closeWithCallback)

/**
 * Hashes the file at `path` while it grows: in a thread of its own that follows the front, or in `finish` where the
 * file is too small to pay for one.
 *
 * The file is opened at once and read through that descriptor: it may be renamed or unlinked later, and no other one
 * can take its place. A symbolic link is not followed. Every failure is told by `finish`.
 */
export function startFileHashing(path: string, algorithms: readonly DigestAlgorithm[]): Hashing {
	try {
		return new FileHashing(path, openSync(path, flags), algorithms)
	} catch (error) {
		return failedHashing(readFailure(path, error))
	}
}

function failedHashing(error: unknown): Hashing {
	return { advance: () => {}, finish: () => Promise.reject(error), close: async () => {} }
}

class FileHashing implements Hashing {
	readonly #path: string
	readonly #descriptor: number
	readonly #algorithms: readonly DigestAlgorithm[]
	#thread: HashingThread | undefined
	#hashingHere: Promise<unknown> = Promise.resolve()
	#closed: Promise<void> | undefined

	constructor(path: string, descriptor: number, algorithms: readonly DigestAlgorithm[]) {
		this.#path = path
		this.#descriptor = descriptor
		this.#algorithms = algorithms
	}

	advance(front: number): void {
		if (front < threadFromBytes || this.#closed !== undefined) return
		this.#thread ??= new HashingThread({ descriptor: this.#descriptor, algorithms: this.#algorithms })
		this.#thread.follow(front)
	}

	async finish(bytes: number): Promise<Digests> {
		if (this.#closed !== undefined) throw givenUp()
		this.advance(bytes)
		if (this.#thread !== undefined) return this.#digestsIn(await this.#thread.finish(bytes), bytes)
		const hashing = this.#hashHere(bytes)
		this.#hashingHere = hashing.catch(() => {})
		return await hashing
	}

	close(): Promise<void> {
		this.#closed ??= this.#stopAndClose()
		return this.#closed
	}

	/** The descriptor goes last: closed under a read, its number could be another file's by then. */
	async #stopAndClose(): Promise<void> {
		await Promise.all([this.#thread?.close(), this.#hashingHere])
		await closeDescriptor(this.#descriptor)
	}

	async #hashHere(bytes: number): Promise<Digests> {
		const hashers = createHashers(this.#algorithms)
		const hashed = await hashFile(this.#descriptor, hashers, bytes, () => this.#closed === undefined).catch(error => {
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

function tooShort(path: string, found: number, wanted: number): DownloadError {
	return new DownloadError('E_IO', `${path} ends after ${found} of ${wanted} bytes`)
}

function givenUp(): DownloadError {
	return new DownloadError('E_ABORTED', 'The file is no longer being hashed')
}
