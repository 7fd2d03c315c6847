import { diskError, errnoOf } from '../base/disk-error.ts'
import { DownloadError } from '../base/errors.ts'
import type { DiskFile, FileFacts } from './contract.ts'

/** Attempts that moved no byte before a write or read counts as failed: a regular file should never need a second. */
const fruitlessAttempts = 100

/**
 * An open file that is closed only when nothing is under way on it.
 *
 * The kernel gives the number of a closed descriptor to the next file that is opened, and a write still in the thread
 * pool then lands in that one (25 of 50 runs). Every rejection is a `DownloadError`.
 */
export class Descriptor {
	/** For messages. */
	readonly path: string
	readonly #file: DiskFile
	readonly #writeSome = (bytes: Uint8Array, at: number): Promise<number> => this.#file.write(bytes, at)
	readonly #readSome = (into: Uint8Array, at: number): Promise<number> => this.#file.read(into, at)
	#underWay = 0
	#closed: Promise<void> | undefined
	#idle: (() => void) | undefined

	/** Takes over `file`. */
	constructor(file: DiskFile, path: string) {
		this.#file = file
		this.path = path
	}

	/** For the disk to lock. It is not to be closed or kept. */
	get file(): DiskFile {
		return this.#file
	}

	/** Writes all of `bytes` at offset `at`, and says how many that were. */
	write(at: number, bytes: Uint8Array): Promise<number> {
		return this.#use('write', () => moveAll(this.#writeSome, bytes, at, 'is a failure'))
	}

	/** Reads until `into` is full or the file ends; the number says how many bytes there were. */
	read(at: number, into: Uint8Array): Promise<number> {
		return this.#use('read', () => moveAll(this.#readSome, into, at, 'is the end'))
	}

	/** Waits until the data, and what is needed to find it again, is on the disk. */
	syncData(): Promise<void> {
		return this.#use('sync', () => this.#file.syncData())
	}

	/** As `syncData`, with mode and times. */
	syncAll(): Promise<void> {
		return this.#use('sync', () => this.#file.syncAll())
	}

	truncate(bytes: number): Promise<void> {
		return this.#use('set the size of', () => this.#file.truncate(bytes))
	}

	/** As far as the system has means to. */
	allocate(bytes: number): Promise<void> {
		return this.#use('allocate room for', () => this.#file.allocate(bytes))
	}

	setMode(mode: number): Promise<void> {
		return this.#use('set the mode of', () => this.#file.setMode(mode))
	}

	look(): Promise<FileFacts> {
		return this.#use('look at', () => this.#file.look())
	}

	/** Refuses new operations, waits for those under way, then closes. Idempotent. */
	close(): Promise<void> {
		this.#closed ??= this.#closeWhenIdle()
		return this.#closed
	}

	async #closeWhenIdle(): Promise<void> {
		if (this.#underWay > 0) {
			await new Promise<void>(resolve => {
				this.#idle = resolve
			})
		}
		try {
			await this.#file.close()
		} catch (error) {
			// The descriptor is gone whatever the answer; a full disk or quota may be told only here.
			throw diskError(error, `Cannot close ${this.path}`)
		}
	}

	async #use<T>(what: string, work: () => Promise<T>): Promise<T> {
		if (this.#closed !== undefined) {
			throw new DownloadError('E_INTERNAL', `Cannot ${what} ${this.path}: it is closed`)
		}
		this.#underWay += 1
		try {
			return await work()
		} catch (error) {
			throw diskError(error, `Cannot ${what} ${this.path}`)
		} finally {
			this.#underWay -= 1
			if (this.#underWay === 0) this.#idle?.()
		}
	}
}

/**
 * Calls `move` until all of `bytes` has moved; the number says how much did. A write may be short: near the end of the
 * disk, of a quota or of the allowed size it is the rule.
 */
async function moveAll(
	move: (piece: Uint8Array, at: number) => Promise<number>,
	bytes: Uint8Array,
	at: number,
	nothing: 'is the end' | 'is a failure',
): Promise<number> {
	let done = 0
	for (let fruitless = 0; done < bytes.length; ) {
		try {
			const count = await move(done === 0 ? bytes : bytes.subarray(done), at + done)
			if (count === 0 && nothing === 'is the end') break
			if (count === 0) throw noProgress
			done += count
			fruitless = 0
		} catch (error) {
			if (!isPassing(error) || fruitless === fruitlessAttempts) throw error
			fruitless += 1
		}
	}
	return done
}

const noProgress: Error = Object.assign(new Error('the system takes no bytes'), { code: 'EIO', syscall: 'write' })

function isPassing(error: unknown): boolean {
	return error === noProgress || errnoOf(error) === 'EINTR' || errnoOf(error) === 'EAGAIN'
}
