import {
	type BigIntStats,
	close,
	closeSync,
	fchmod,
	fchmodSync,
	fdatasync,
	fstat,
	fstatSync,
	fsync,
	ftruncate,
	read,
	write,
	writeSync,
} from 'node:fs'
import process from 'node:process'
import { type Calls, inPool } from './calls.ts'
import type { Commands } from './commands.ts'
import type { DiskFile, FileFacts } from './contract.ts'
import { exact, factsOf } from './facts.ts'

/** To close the last descriptor of a longer file that has no name any more gives back its blocks, and takes its time. */
const shortBytes = 1024 * 1024

/** An open file of this machine. */
export class SystemFile implements DiskFile {
	readonly number: number
	readonly #folder: string
	readonly #calls: Calls
	readonly #commands: Commands
	/** How long it may be, as far as is known. */
	#end: number

	constructor(number: number, bytes: number, folder: string, calls: Calls, commands: Commands) {
		this.number = number
		this.#end = bytes
		this.#folder = folder
		this.#calls = calls
		this.#commands = commands
	}

	write(bytes: Uint8Array, at: number): Promise<number> {
		this.#end = Math.max(this.#end, at + bytes.length)
		return this.#calls.make(
			this.#folder,
			() => writeSync(this.number, bytes, 0, bytes.length, at),
			settle => write(this.number, bytes, 0, bytes.length, at, settle),
		)
	}

	read(into: Uint8Array, at: number): Promise<number> {
		return inPool(settle => read(this.number, into, 0, into.length, at, settle))
	}

	syncData(): Promise<void> {
		return inPool(settle => fdatasync(this.number, settle))
	}

	syncAll(): Promise<void> {
		return inPool(settle => fsync(this.number, settle))
	}

	truncate(bytes: number): Promise<void> {
		this.#end = Math.max(this.#end, bytes)
		return inPool(settle => ftruncate(this.number, bytes, settle))
	}

	/**
	 * The command opens the file itself: a descriptor of ours in its hands would hold our lock beyond our death. BusyBox's
	 * cannot keep the length, and ends with an error.
	 */
	async allocate(bytes: number): Promise<void> {
		this.#end = Math.max(this.#end, bytes)
		const path = `/proc/${process.pid}/fd/${this.number}`
		const exitCode = await this.#commands.run('fallocate', ['--keep-size', '--length', `${bytes}`, path])
		if (exitCode !== 0) await this.#giveBack().catch(() => {})
	}

	/** The system keeps what room it found before there was no more, and gives back what lies beyond the end of a file that is cut. */
	async #giveBack(): Promise<void> {
		await this.truncate((await this.look()).bytes)
	}

	setMode(mode: number): Promise<void> {
		return this.#calls.make(
			this.#folder,
			() => fchmodSync(this.number, mode),
			settle => fchmod(this.number, mode, settle),
		)
	}

	async look(): Promise<FileFacts> {
		const now = () => fstatSync(this.number, exact)
		return factsOf(await this.#calls.make<BigIntStats>(this.#folder, now, settle => fstat(this.number, exact, settle)))
	}

	close(): Promise<void> {
		if (this.#end > shortBytes) return inPool(settle => close(this.number, settle))
		return this.#calls.make(
			this.#folder,
			() => closeSync(this.number),
			settle => close(this.number, settle),
		)
	}
}
