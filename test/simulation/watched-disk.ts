import type { Disk, DiskFile, FileFacts, Lock, Space } from '../../src/disk/contract.ts'
import type { FileIdentity } from '../../src/model/file-identity.ts'
import { PartLedger } from './ledger.ts'

export interface DiskWatcher {
	/** A call has ended, well or with an errno. */
	called(call: string): void
	/** Bytes are about to be written to a `.part`. */
	writing(bytes: Uint8Array, at: number): void
	/** A `.part` is about to get its final name, its content synced or not. */
	publishing(path: string, to: string, dirty: boolean): void
	/** A journal has been begun. */
	journaled(): void
	/** The process did what no right program does. */
	blame(what: string): void
}

/** The disk as a process has it, with everything told to a watcher, and held against what a ledger knows. */
export class WatchedDisk implements Disk {
	readonly watcher: DiskWatcher
	/** Of the `.part` files that this process opened, by their present path. */
	readonly ledgers: Map<string, PartLedger> = new Map()
	/** Of files that are open, by their present path. */
	readonly #open = new Map<string, WatchedFile>()
	readonly #inner: Disk

	constructor(inner: Disk, watcher: DiskWatcher) {
		this.#inner = inner
		this.watcher = watcher
	}

	async create(path: string): Promise<DiskFile> {
		const inner = await this.told(`create ${short(path)}`, this.#inner.create(path))
		return this.#opened(new WatchedFile(this, inner, path), false)
	}

	async open(path: string, access: 'read' | 'read-write'): Promise<DiskFile> {
		const inner = await this.told(`open ${short(path)}`, this.#inner.open(path, access))
		const file = new WatchedFile(this, inner, path)
		return access === 'read' ? file : this.#opened(file, true)
	}

	look(path: string): Promise<FileFacts | undefined> {
		return this.told(`look ${short(path)}`, this.#inner.look(path))
	}

	lookThrough(path: string): Promise<FileFacts> {
		return this.told(`look through ${short(path)}`, this.#inner.lookThrough(path))
	}

	realPath(path: string): Promise<string> {
		return this.#inner.realPath(path)
	}

	makeFolder(path: string): Promise<void> {
		return this.told(`make folder ${short(path)}`, this.#inner.makeFolder(path))
	}

	link(from: string, to: string): Promise<void> {
		this.#publishing(from, to)
		return this.told(`link ${short(from)} ${short(to)}`, this.#inner.link(from, to))
	}

	async rename(from: string, to: string): Promise<void> {
		this.#publishing(from, to)
		await this.told(`rename ${short(from)} ${short(to)}`, this.#inner.rename(from, to))
		const file = this.#open.get(from)
		if (file === undefined) return
		this.#open.delete(from)
		this.#open.set(to, file)
		file.path = to
		const ledger = this.ledgers.get(to.replace(/\.journal$/, ''))
		if (!to.endsWith('.part.journal')) return
		ledger?.begun(file.takeLines())
		this.watcher.journaled()
	}

	unlink(path: string): Promise<void> {
		return this.told(`unlink ${short(path)}`, this.#inner.unlink(path))
	}

	syncFolder(path: string): Promise<void> {
		return this.told('sync folder', this.#inner.syncFolder(path))
	}

	space(path: string): Promise<Space> {
		return this.#inner.space(path)
	}

	lock(file: DiskFile, identity: FileIdentity, strong: boolean): Promise<Lock | undefined> {
		return this.#inner.lock((file as WatchedFile).inner, identity, strong)
	}

	// For the files that it has opened.

	async told<T>(call: string, outcome: Promise<T>): Promise<T> {
		try {
			const result = await outcome
			this.watcher.called(call)
			return result
		} catch (error) {
			this.watcher.called(`${call}: ${(error as NodeJS.ErrnoException).code}`)
			throw error
		}
	}

	/** @param resumed whether it was there before */
	#opened(file: WatchedFile, resumed: boolean): WatchedFile {
		const blame = (what: string): void => this.watcher.blame(what)
		if (isPart(file.path)) this.ledgers.set(file.path, new PartLedger(resumed, blame))
		this.#open.set(file.path, file)
		return file
	}

	#publishing(from: string, to: string): void {
		const ledger = this.ledgers.get(from)
		if (isPart(from) && !to.includes('.orphan')) this.watcher.publishing(from, to, ledger?.dirty === true)
	}
}

class WatchedFile implements DiskFile {
	readonly number = undefined
	path: string
	readonly inner: DiskFile
	readonly #disk: WatchedDisk
	/** What has been written to a journal and is not a whole line yet. */
	#text = ''
	#lines: string[] = []

	constructor(disk: WatchedDisk, inner: DiskFile, path: string) {
		this.#disk = disk
		this.inner = inner
		this.path = path
	}

	get #ledger(): PartLedger | undefined {
		return this.#disk.ledgers.get(this.path.replace(/\.journal$/, ''))
	}

	/** The lines of a journal that was begun. */
	takeLines(): string[] {
		const lines = this.#lines
		this.#lines = []
		return lines
	}

	async write(bytes: Uint8Array, at: number): Promise<number> {
		const end = at + bytes.length
		if (isPart(this.path)) {
			this.#disk.watcher.writing(bytes, at)
			this.#ledger?.writing({ start: at, end })
		} else this.#noteLines(bytes)
		const taken = await this.#told(`write ${at}–${end}`, this.inner.write(bytes, at))
		if (isPart(this.path)) this.#ledger?.written({ start: at, end: at + taken })
		return taken
	}

	read(into: Uint8Array, at: number): Promise<number> {
		return this.#told(`read ${at}–${at + into.length}`, this.inner.read(into, at))
	}

	syncData(): Promise<void> {
		return this.#sync(() => this.inner.syncData())
	}

	syncAll(): Promise<void> {
		return this.#sync(() => this.inner.syncAll())
	}

	async truncate(bytes: number): Promise<void> {
		await this.#told(`truncate ${bytes}`, this.inner.truncate(bytes))
		if (isPart(this.path)) this.#ledger?.changed()
	}

	allocate(bytes: number): Promise<void> {
		return this.inner.allocate(bytes)
	}

	setMode(mode: number): Promise<void> {
		return this.inner.setMode(mode)
	}

	look(): Promise<FileFacts> {
		return this.inner.look()
	}

	close(): Promise<void> {
		return this.#told('close', this.inner.close())
	}

	async #sync(sync: () => Promise<void>): Promise<void> {
		const succeeded = isPart(this.path) ? this.#ledger?.syncing() : undefined
		await this.#told('sync', sync())
		succeeded?.()
	}

	/** A line that is written in two pieces, or once more after it failed, is noted once it is whole. */
	#noteLines(bytes: Uint8Array): void {
		this.#text += Buffer.from(bytes).toString('latin1')
		const lines = this.#text.split('\n')
		this.#text = lines.pop() as string
		if (this.path.endsWith('.new')) this.#lines.push(...lines)
		else this.#ledger?.appending(lines)
	}

	#told<T>(call: string, outcome: Promise<T>): Promise<T> {
		return this.#disk.told(`${short(this.path)} ${call}`, outcome)
	}
}

const isPart = (path: string): boolean => path.endsWith('.part')

const short = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
