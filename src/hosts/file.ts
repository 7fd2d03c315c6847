import type { Clock } from '../base/clock.ts'
import { errnoOf } from '../base/disk-error.ts'
import type { Disk } from '../disk/contract.ts'
import { Descriptor } from '../disk/descriptor.ts'
import { fade, type HostHints, type HostLessons, type Lesson, mergeLessons } from '../model/host-lesson.ts'
import { decodeLessons, encodeLessons, mostBytes } from './codec.ts'
import type { HostMemory, Learned } from './contract.ts'

/** A file system that has gone away must not hold up a download, neither its beginning nor its end. */
const mostToLoadMs = 100
const mostToSettleMs = 500

export interface HostMemoryParts {
	readonly disk: Disk
	readonly clock: Clock
	/** A name that nobody else gives. */
	readonly nonce: () => string
	/** Each is in the one before, and is made where it is missing. */
	readonly folders: readonly string[]
	/** In the last of the folders. */
	readonly file: string
}

/** A memory in one small file. It begins to read at once. */
export function openHostMemory(parts: HostMemoryParts): HostMemory {
	return new FileHostMemory(parts)
}

/**
 * Every process reads the file, adds what it has learned, and puts a new one in its place by a rename, so that a reader
 * sees the old or the new. Of two that write at once one may lose a lesson. Nothing is synced: a file that a power cut tore
 * is read as far as it goes.
 */
class FileHostMemory implements HostMemory {
	readonly #disk: Disk
	readonly #clock: Clock
	readonly #parts: HostMemoryParts
	#lessons = new Map<string, HostLessons>()
	/** Reads and writes, one after the other. */
	#work: Promise<void>
	#writeWaits = false

	constructor(parts: HostMemoryParts) {
		this.#disk = parts.disk
		this.#clock = parts.clock
		this.#parts = parts
		this.#work = this.#read()
	}

	recall(host: string): HostHints {
		return fade(this.#lessons.get(host) ?? {}, this.#clock.wall())
	}

	learn(host: string, { cap, paid }: Learned): void {
		const lesson = (connections: number): Lesson => ({ connections, learnedAt: this.#clock.wall() })
		const learned = { ...(cap && { cap: lesson(cap) }), ...(paid && { paid: lesson(paid) }) }
		this.#merge(new Map([[host, learned]]))
		if (this.#writeWaits) return
		this.#writeWaits = true
		this.#work = this.#work.then(() => this.#keep())
	}

	loaded(): Promise<void> {
		return this.#worked(mostToLoadMs)
	}

	settled(): Promise<void> {
		return this.#worked(mostToSettleMs)
	}

	#worked(withinMs: number): Promise<void> {
		return new Promise(resolve => {
			const limit = this.#clock.after(withinMs, resolve)
			void this.#work.then(() => {
				limit.stop()
				resolve()
			})
		})
	}

	async #keep(): Promise<void> {
		await this.#read()
		this.#writeWaits = false
		try {
			await this.#makeFolders()
			await this.#write(encodeLessons(this.#lessons))
		} catch {
			// A disk that is full, read-only or gone: this process remembers, and the next one learns anew.
		}
	}

	async #read(): Promise<void> {
		try {
			this.#merge(decodeLessons(await readUpTo(this.#disk, this.#parts.file, mostBytes)))
		} catch {
			// There is none yet, or none that can be read.
		}
	}

	#merge(learned: ReadonlyMap<string, HostLessons>): void {
		const now = this.#clock.wall()
		for (const [host, lessons] of learned) {
			this.#lessons.set(host, mergeLessons(lessons, this.#lessons.get(host) ?? {}, now))
		}
	}

	async #makeFolders(): Promise<void> {
		for (const folder of this.#parts.folders) {
			try {
				await this.#disk.makeFolder(folder)
			} catch (error) {
				if (errnoOf(error) !== 'EEXIST') throw error
			}
		}
	}

	/** A process that is killed meanwhile leaves some kilobytes under a name of its own. */
	async #write(bytes: Uint8Array): Promise<void> {
		const fresh = `${this.#parts.file}.${this.#parts.nonce()}`
		const file = new Descriptor(await this.#disk.create(fresh), fresh)
		try {
			await file.write(0, bytes)
			await file.close()
			await this.#disk.rename(fresh, this.#parts.file)
		} catch (error) {
			await file.close()
			await this.#disk.unlink(fresh)
			throw error
		}
	}
}

/** All of a file; nothing of one that is larger. */
async function readUpTo(disk: Disk, path: string, mostBytes: number): Promise<Uint8Array> {
	const file = new Descriptor(await disk.open(path, 'read'), path)
	try {
		const into = new Uint8Array(mostBytes + 1)
		const bytes = await file.read(0, into)
		return bytes > mostBytes ? new Uint8Array(0) : into.subarray(0, bytes)
	} finally {
		await file.close()
	}
}
