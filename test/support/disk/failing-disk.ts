import type { Disk, DiskFile, FileFacts, Lock, Space } from '../../../src/disk/contract.ts'
import type { FileIdentity } from '../../../src/model/file-identity.ts'
import { SimulatedFile } from './simulated-file.ts'
import { systemError } from './system-error.ts'

/** A call by its name in the contract; those of an open file have it before them. */
export type CallName = keyof Disk | `file.${Exclude<keyof DiskFile, 'number' | 'allocate'>}`

export interface DiskCall {
	readonly name: CallName
	/** Counts the calls of this disk from 1. */
	readonly nth: number
}

/** How a call fails. */
export type Failure =
	| {
			readonly code: string
			/** It was done all the same, as when the answer of a server of files is lost. @default false */
			readonly done?: boolean
	  }
	/** Of a write or a read: only the first so many bytes are taken, where there are more. */
	| { readonly shortBytes: number }

/** Another disk that fails where `decide` says so. A sync that fails loses what it should have saved, as the kernel's does. */
export class FailingDisk implements Disk {
	/** Every call so far, in order. */
	readonly calls: CallName[] = []
	readonly #inner: Disk
	readonly #decide: (call: DiskCall) => Failure | undefined
	readonly #locksFail: boolean

	/** @param options `locksFail`: `lock` is a call as the others are. By default it is not counted, and never fails. */
	constructor(
		inner: Disk,
		decide: (call: DiskCall) => Failure | undefined,
		options: { readonly locksFail?: boolean } = {},
	) {
		this.#inner = inner
		this.#decide = decide
		this.#locksFail = options.locksFail ?? false
	}

	async create(path: string): Promise<DiskFile> {
		return new FailingFile(this, await this.attempt('create', () => this.#inner.create(path), close))
	}

	async open(path: string, access: 'read' | 'read-write'): Promise<DiskFile> {
		return new FailingFile(this, await this.attempt('open', () => this.#inner.open(path, access), close))
	}

	look(path: string): Promise<FileFacts | undefined> {
		return this.attempt('look', () => this.#inner.look(path))
	}

	lookThrough(path: string): Promise<FileFacts> {
		return this.attempt('lookThrough', () => this.#inner.lookThrough(path))
	}

	realPath(path: string): Promise<string> {
		return this.attempt('realPath', () => this.#inner.realPath(path))
	}

	makeFolder(path: string): Promise<void> {
		return this.attempt('makeFolder', () => this.#inner.makeFolder(path))
	}

	link(from: string, to: string): Promise<void> {
		return this.attempt('link', () => this.#inner.link(from, to))
	}

	rename(from: string, to: string): Promise<void> {
		return this.attempt('rename', () => this.#inner.rename(from, to))
	}

	unlink(path: string): Promise<void> {
		return this.attempt('unlink', () => this.#inner.unlink(path))
	}

	syncFolder(path: string): Promise<void> {
		return this.attempt('syncFolder', () => this.#inner.syncFolder(path))
	}

	space(path: string): Promise<Space> {
		return this.attempt('space', () => this.#inner.space(path))
	}

	/** One that fails gives a lock that holds nothing: where none is to be had, the contract says, it is ours. */
	async lock(file: DiskFile, identity: FileIdentity, strong: boolean): Promise<Lock | undefined> {
		if (this.#locksFail && this.decide('lock') !== undefined) return { release: async () => {} }
		return this.#inner.lock((file as FailingFile).inner, identity, strong)
	}

	// For the files that it has opened.

	/** `undo` lets go of what an answer that is lost would have handed out. */
	async attempt<T>(name: CallName, call: () => Promise<T>, undo?: (made: T) => Promise<void>): Promise<T> {
		const failure = this.decide(name)
		if (failure === undefined || !('code' in failure)) return call()
		if (failure.done === true) {
			const made = await call()
			await undo?.(made)
		}
		throw systemError(failure.code, name)
	}

	decide(name: CallName): Failure | undefined {
		this.calls.push(name)
		return this.#decide({ name, nth: this.calls.length })
	}
}

const close = (file: DiskFile): Promise<void> => file.close()

class FailingFile implements DiskFile {
	readonly number: number | undefined
	readonly inner: DiskFile
	readonly #disk: FailingDisk

	constructor(disk: FailingDisk, inner: DiskFile) {
		this.#disk = disk
		this.inner = inner
		this.number = inner.number
	}

	write(bytes: Uint8Array, at: number): Promise<number> {
		return this.#move('file.write', bytes, part => this.inner.write(part, at))
	}

	read(into: Uint8Array, at: number): Promise<number> {
		return this.#move('file.read', into, part => this.inner.read(part, at))
	}

	syncData(): Promise<void> {
		return this.#sync('file.syncData', () => this.inner.syncData())
	}

	syncAll(): Promise<void> {
		return this.#sync('file.syncAll', () => this.inner.syncAll())
	}

	truncate(bytes: number): Promise<void> {
		return this.#disk.attempt('file.truncate', () => this.inner.truncate(bytes))
	}

	/** Fails with nothing, as the contract has it. */
	allocate(bytes: number): Promise<void> {
		return this.inner.allocate(bytes)
	}

	setMode(mode: number): Promise<void> {
		return this.#disk.attempt('file.setMode', () => this.inner.setMode(mode))
	}

	look(): Promise<FileFacts> {
		return this.#disk.attempt('file.look', () => this.inner.look())
	}

	/** Linux closes the file whatever it answers. */
	async close(): Promise<void> {
		const failure = this.#disk.decide('file.close')
		await this.inner.close()
		if (failure !== undefined && 'code' in failure) throw systemError(failure.code, 'file.close')
	}

	async #move(
		name: 'file.write' | 'file.read',
		memory: Uint8Array,
		move: (part: Uint8Array) => Promise<number>,
	): Promise<number> {
		const failure = this.#disk.decide(name)
		if (failure === undefined) return move(memory)
		if ('code' in failure) throw systemError(failure.code, name)
		return move(memory.subarray(0, failure.shortBytes))
	}

	async #sync(name: 'file.syncData' | 'file.syncAll', sync: () => Promise<void>): Promise<void> {
		const failure = this.#disk.decide(name)
		if (failure === undefined || !('code' in failure)) return sync()
		if (this.inner instanceof SimulatedFile) this.inner.loseUnsynced()
		throw systemError(failure.code, name)
	}
}
