import { type BigIntStats, close, fchmod, fdatasync, fstat, fsync, ftruncate, read, write } from 'node:fs'
import { diskError } from '../base/disk-error.ts'
import { DownloadError } from '../base/errors.ts'

/** Attempts that moved no byte before a write counts as failed: a regular file should never need a second. */
const fruitlessAttempts = 100

/**
 * An open file that is closed only when nothing is under way on it.
 *
 * The kernel gives the number of a closed descriptor to the next file that is opened, and a write still in the thread
 * pool then lands in that one (25 of 50 runs). Every rejection is a `DownloadError`.
 */
export class Descriptor {
	readonly path: string
	readonly #number: number
	#underWay = 0
	#closed: Promise<void> | undefined
	#idle: (() => void) | undefined

	/** Takes over `number`, which must be open for reading and writing; `path` is for messages. */
	constructor(number: number, path: string) {
		this.#number = number
		this.path = path
	}

	/** The descriptor's number, for whoever must hand it to a child. It is not to be closed or kept. */
	get number(): number {
		return this.#number
	}

	/** Writes all of `bytes` at offset `at`. */
	write(at: number, bytes: Uint8Array): Promise<void> {
		return this.#use('write', settle => this.#writeFrom(at, bytes, 0, 0, settle))
	}

	/** Reads until `into` is full or the file ends; the number says how many bytes there were. */
	read(at: number, into: Uint8Array): Promise<number> {
		return this.#use('read', settle => this.#readFrom(at, into, 0, settle))
	}

	/** Waits until the data, and what is needed to find it again, is on the disk. */
	syncData(): Promise<void> {
		return this.#use('sync', settle => fdatasync(this.#number, settle))
	}

	/** As `syncData`, with mode and times. */
	syncAll(): Promise<void> {
		return this.#use('sync', settle => fsync(this.#number, settle))
	}

	truncate(bytes: number): Promise<void> {
		return this.#use('set the size of', settle => ftruncate(this.#number, bytes, settle))
	}

	setMode(mode: number): Promise<void> {
		return this.#use('set the mode of', settle => fchmod(this.#number, mode, settle))
	}

	stat(): Promise<BigIntStats> {
		return this.#use('look at', settle => fstat(this.#number, { bigint: true }, settle))
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
		// Linux closes the descriptor whatever it answers, and a full disk or quota may be told only here.
		await new Promise<void>((resolve, reject) => {
			close(this.#number, error => (error ? reject(diskError(error, `Cannot close ${this.path}`)) : resolve()))
		})
	}

	#use<T>(what: string, begin: (settle: Settle<T>) => void): Promise<T> {
		if (this.#closed !== undefined) {
			return Promise.reject(new DownloadError('E_INTERNAL', `Cannot ${what} ${this.path}: it is closed`))
		}
		this.#underWay += 1
		return new Promise<T>((resolve, reject) => {
			begin((error, value) => {
				this.#underWay -= 1
				if (this.#underWay === 0) this.#idle?.()
				if (error) reject(diskError(error, `Cannot ${what} ${this.path}`))
				else resolve(value as T)
			})
		})
	}

	/** A write may be short: near the end of the disk, of a quota or of the allowed size it is the rule. */
	#writeFrom(at: number, bytes: Uint8Array, done: number, fruitless: number, settle: Settle<void>): void {
		if (done === bytes.length) {
			settle(null)
			return
		}
		write(this.#number, bytes, done, bytes.length - done, at + done, (error, count) => {
			const moved = error ? 0 : count
			if (error && !isPassing(error)) settle(error)
			else if (moved === 0 && fruitless === fruitlessAttempts) settle(error ?? noProgress)
			else this.#writeFrom(at, bytes, done + moved, moved === 0 ? fruitless + 1 : 0, settle)
		})
	}

	#readFrom(at: number, into: Uint8Array, done: number, settle: Settle<number>): void {
		if (done === into.length) {
			settle(null, done)
			return
		}
		read(this.#number, into, done, into.length - done, at + done, (error, count) => {
			if (error) settle(error)
			else if (count === 0) settle(null, done)
			else this.#readFrom(at, into, done + count, settle)
		})
	}
}

type Settle<T> = (error: Error | null, value?: T) => void

const noProgress: Error = Object.assign(new Error('the system takes no bytes'), { code: 'EIO', syscall: 'write' })

function isPassing(error: NodeJS.ErrnoException): boolean {
	return error.code === 'EINTR' || error.code === 'EAGAIN'
}
