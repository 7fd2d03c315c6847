import { dirname } from 'node:path'
import { diskError } from '../base/disk-error.ts'
import type { DownloadError } from '../base/errors.ts'
import type { Disk } from '../disk/contract.ts'
import { Descriptor } from '../disk/descriptor.ts'
import { deleteName, names, syncFolder } from '../disk/names.ts'
import { isEmpty } from '../model/byte-range.ts'
import type { DigestValue } from '../model/digest.ts'
import { encodeEntry, encodeHeader, type JournalEntry } from './codec.ts'
import { compact } from './compaction.ts'
import type { Journal, JournalHeader, JournalRecord, JournalState } from './contract.ts'
import { closedJournal, requireBegun, requireWithin } from './misuse.ts'
import { readJournal } from './read.ts'

export interface FileJournal extends Journal {
	/** As in `Journal`, with records that are there from the first moment: how a resume takes over what an earlier run left. */
	begin(header: JournalHeader, records?: readonly JournalRecord[]): Promise<void>
	/** A sync of the data failed: what is only written may be lost, and `load` forgets it, in this run and in a later one. */
	lost(): void
}

export interface FileJournalOptions {
	/** Grown to this, the journal is written anew without what it repeats; 32 lanes take three minutes to. @default 1 MiB */
	readonly compactAtBytes?: number
}

/** The journal at `path`. Nothing is touched before `begin`, `load` or `remove`. */
export function createFileJournal(disk: Disk, path: string, options: FileJournalOptions = {}): FileJournal {
	return new AppendOnlyFile(disk, path, options.compactAtBytes ?? 1024 * 1024)
}

class AppendOnlyFile implements FileJournal {
	readonly #disk: Disk
	readonly #path: string
	readonly #leastCompactAt: number
	#compactAt: number
	#file: Descriptor | undefined
	#header: JournalHeader | undefined
	#bytes = 0
	#sum = 0
	/** Appended and not yet written. Encoded only when written: a line's sum depends on the file that it ends up in. */
	#queue: JournalEntry[] = []
	/** One operation at a time: each begins when the one before has settled. */
	#turn: Promise<unknown> = Promise.resolve()
	/** The first failed write or sync: what comes after it in the file could not be read again. */
	#failure: DownloadError | undefined
	#closed: Promise<void> | undefined

	constructor(disk: Disk, path: string, compactAtBytes: number) {
		this.#disk = disk
		this.#path = path
		this.#leastCompactAt = compactAtBytes
		this.#compactAt = compactAtBytes
	}

	load(): Promise<JournalState | undefined> {
		return this.#inTurn(() => readJournal(this.#disk, this.#path))
	}

	begin(header: JournalHeader, records: readonly JournalRecord[] = []): Promise<void> {
		if (this.#closed !== undefined) return Promise.reject(closedJournal('begin'))
		this.#queue = []
		return this.#inTurn(async () => {
			await this.#writeAnew(header, records)
			this.#failure = undefined
		})
	}

	append(record: JournalRecord): void {
		if (isEmpty(record.range)) return
		requireWithin(record, this.#header)
		this.#enqueue(record)
	}

	async share(digest: DigestValue): Promise<void> {
		requireBegun(this.#header)
		this.#enqueue({ kind: 'shared', digest })
		await this.sync()
	}

	lost(): void {
		if (this.#closed !== undefined) return
		this.#enqueue({ kind: 'lost' })
		void this.#inTurn(() => this.#forgetWhereDeaf())
	}

	sync(): Promise<void> {
		if (this.#closed !== undefined) return Promise.reject(closedJournal('sync'))
		return this.#inTurn(async () => {
			if (this.#failure !== undefined) throw this.#failure
			try {
				await this.#file?.syncData()
			} catch (error) {
				this.#failure = error as DownloadError
				throw error
			}
			if (this.#bytes > this.#compactAt) await this.#compact()
		})
	}

	remove(): Promise<void> {
		this.#queue = []
		return this.#inTurn(async () => {
			const ours = await this.#hasItsName()
			await this.#release()
			await deleteName(this.#disk, temporaryOf(this.#path))
			if (ours) await deleteName(this.#disk, this.#path)
		})
	}

	close(): Promise<void> {
		this.#closed ??= this.#inTurn(() => this.#release())
		return this.#closed
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work)
		this.#turn = done.catch(() => {})
		return done
	}

	#enqueue(entry: JournalEntry): void {
		if (this.#closed !== undefined) return
		this.#queue.push(entry)
		if (this.#queue.length === 1) void this.#inTurn(() => this.#writeQueue())
	}

	/** One write for all that has gathered while the one before was under way. */
	async #writeQueue(): Promise<void> {
		const entries = this.#queue
		this.#queue = []
		if (this.#file === undefined || this.#failure !== undefined || entries.length === 0) return
		const { text, sum } = encodeAll(entries, this.#sum)
		try {
			await this.#file.write(this.#bytes, Buffer.from(text))
			this.#bytes += text.length
			this.#sum = sum
		} catch (error) {
			this.#failure = error as DownloadError
		}
	}

	/**
	 * A journal that cannot be told of a loss vouches for what was lost: one written anew that knows only of what is durable
	 * takes its place, or, where that cannot be either, none. Nothing more is added to it: its failure stands.
	 */
	async #forgetWhereDeaf(): Promise<void> {
		if (this.#failure === undefined || this.#file === undefined) return
		const durable = (records: readonly JournalRecord[]) => records.filter(({ kind }) => kind === 'durable')
		if (await this.#rewrite(durable).catch(() => false)) return
		if (await this.#hasItsName()) await deleteName(this.#disk, this.#path)
	}

	/** Writes the journal anew with what `keep` leaves of its records. False where it is not there, or not ours any more. */
	async #rewrite(keep: (records: readonly JournalRecord[]) => readonly JournalRecord[]): Promise<boolean> {
		const state = await readJournal(this.#disk, this.#path)
		if (state === undefined || state.header.nonce !== this.#header?.nonce) return false
		await this.#writeAnew(state.header, compact(keep(state.records)))
		return true
	}

	/** Under a temporary name until it is whole and on the disk, so that at every moment one whole journal has the name. */
	async #writeAnew(header: JournalHeader, records: readonly JournalRecord[]): Promise<void> {
		const first = encodeHeader(header)
		const rest = encodeAll(records, first.sum)
		const content = Buffer.from(first.text + rest.text)
		try {
			const file = await this.#createTemporary(content)
			await this.#replaceBy(file, { header, bytes: content.length, sum: rest.sum })
		} catch (error) {
			throw diskError(error, `Cannot begin ${this.#path}`)
		}
	}

	/** Where it fails, nobody knows which file a crash will leave under the name: what is added to either may not be found. */
	async #replaceBy(file: Descriptor, is: { header: JournalHeader; bytes: number; sum: number }): Promise<void> {
		const replaced = this.#file
		try {
			await this.#disk.rename(temporaryOf(this.#path), this.#path)
			this.#file = file
			this.#header = is.header
			this.#bytes = is.bytes
			this.#sum = is.sum
			await syncFolder(this.#disk, dirname(this.#path))
		} catch (error) {
			this.#failure = diskError(error, `Cannot replace ${this.#path}`)
			throw this.#failure
		} finally {
			await (this.#file === file ? replaced : file)?.close()
		}
	}

	/** Readable by its owner alone, and on the disk when it resolves. What an earlier crash left under the name is deleted. */
	async #createTemporary(content: Uint8Array): Promise<Descriptor> {
		const temporary = temporaryOf(this.#path)
		await deleteName(this.#disk, temporary)
		const file = new Descriptor(await this.#disk.create(temporary), this.#path)
		try {
			await file.write(0, content)
			await file.syncData()
			return file
		} catch (error) {
			await file.close()
			await deleteName(this.#disk, temporary)
			throw error
		}
	}

	async #compact(): Promise<void> {
		try {
			await this.#rewrite(records => records)
		} catch {
			// Until the shorter journal is whole, the longer one is as good, and a disk that has no room for the two says so
			// where it matters. A rename or a folder sync that failed is in `#failure`: every later sync tells it.
		} finally {
			this.#compactAt = Math.max(this.#leastCompactAt, 2 * this.#bytes)
		}
	}

	/** False once another download's journal has the name: with our `.part` gone, its owner may have come already. */
	async #hasItsName(): Promise<boolean> {
		if (this.#file === undefined) return true
		try {
			return await names(this.#disk, this.#path, (await this.#file.look()).identity)
		} catch {
			return false
		}
	}

	async #release(): Promise<void> {
		const file = this.#file
		this.#file = undefined
		await file?.close()
	}
}

function temporaryOf(path: string): string {
	return `${path}.new`
}

function encodeAll(entries: readonly JournalEntry[], previousSum: number): { text: string; sum: number } {
	let text = ''
	let sum = previousSum
	for (const entry of entries) {
		const line = encodeEntry(entry, sum)
		text += line.text
		sum = line.sum
	}
	return { text, sum }
}
