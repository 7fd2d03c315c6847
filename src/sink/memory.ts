import { crc32 } from 'node:zlib'
import { DownloadError } from '../base/errors.ts'
import type { Published, Receipt, Sink, SinkAbilities, WriteOptions } from './contract.ts'

/** Random access in memory, for tests and simulations. */
export interface MemorySink extends Sink {
	/** What is there: a view, valid until the next write. */
	content(): Uint8Array
	/** Whether it was published, with what length, or discarded. */
	readonly outcome: MemoryOutcome
}

type MemoryOutcome =
	| { readonly kind: 'open' | 'closed' | 'discarded' }
	| { readonly kind: 'published'; readonly bytes: number }

export interface MemorySinkOptions {
	/** What an earlier run left. */
	readonly content?: Uint8Array
	/** The size of the disk: beyond it is E_NO_SPACE. @default none */
	readonly limitBytes?: number
}

/** Makes a sink whose writes settle a microtask later, as a disk's never settle at once. */
export function createMemorySink(options: MemorySinkOptions = {}): MemorySink {
	return new Memory(options)
}

class Memory implements MemorySink {
	readonly abilities: SinkAbilities = { randomAccess: true, windowBytes: 0 }
	readonly #limitBytes: number
	#memory: Uint8Array
	#length: number
	#outcome: MemoryOutcome = { kind: 'open' }

	constructor(options: MemorySinkOptions) {
		this.#limitBytes = options.limitBytes ?? Number.POSITIVE_INFINITY
		this.#memory = new Uint8Array(options.content ?? [])
		this.#length = this.#memory.length
	}

	get outcome(): MemoryOutcome {
		return this.#outcome
	}

	content(): Uint8Array {
		return this.#memory.subarray(0, this.#length)
	}

	async write(at: number, bytes: Uint8Array, options: WriteOptions): Promise<Receipt> {
		this.#check('write to')
		const end = at + bytes.length
		if (end > this.#limitBytes) {
			throw new DownloadError('E_NO_SPACE', `Cannot write beyond ${this.#limitBytes} bytes of memory`, {
				details: { code: 'ENOSPC', syscall: 'write' },
			})
		}
		this.#growTo(end)
		// The caller may not touch its memory before the promise settles, so the bytes are taken as late as that.
		await Promise.resolve()
		this.#memory.set(bytes, at)
		return { crc32: options.crc ? crc32(bytes) : undefined }
	}

	async checksum(at: number, bytes: number): Promise<number | undefined> {
		this.#check('read from')
		return at + bytes > this.#length ? undefined : crc32(this.#memory.subarray(at, at + bytes))
	}

	async flush(): Promise<void> {
		this.#check('flush')
	}

	async publish(bytes: number): Promise<Published> {
		this.#check('publish')
		if (this.#length < bytes) {
			throw new DownloadError('E_IO', `The memory holds ${this.#length} of ${bytes} bytes`)
		}
		this.#length = bytes
		this.#outcome = { kind: 'published', bytes }
		return { path: undefined }
	}

	async close(): Promise<void> {
		if (this.#outcome.kind === 'open') this.#outcome = { kind: 'closed' }
	}

	async discard(): Promise<void> {
		if (this.#outcome.kind !== 'open') return
		this.#outcome = { kind: 'discarded' }
		this.#length = 0
	}

	#check(what: string): void {
		if (this.#outcome.kind === 'open') return
		throw new DownloadError('E_INTERNAL', `Cannot ${what} memory that is ${this.#outcome.kind}`)
	}

	#growTo(end: number): void {
		if (end > this.#memory.length) {
			const grown = new Uint8Array(Math.max(end, Math.min(2 * this.#memory.length, this.#limitBytes)))
			grown.set(this.#memory)
			this.#memory = grown
		}
		this.#length = Math.max(this.#length, end)
	}
}
