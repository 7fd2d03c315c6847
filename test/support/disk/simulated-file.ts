import type { DiskFile, FileFacts } from '../../../src/disk/contract.ts'
import { fitting, readInto } from './content.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { systemError } from './system-error.ts'
import type { NodeId } from './tree.ts'

interface Extent {
	readonly start: number
	readonly end: number
}

/** A file that a simulated process has open. */
export class SimulatedFile implements DiskFile {
	readonly number = undefined
	readonly node: NodeId
	readonly #disk: SimulatedDisk
	readonly #writable: boolean
	readonly #writing = new Set<Extent>()
	#underWay = 0
	#closed = false

	/** To be made by the disk that opens it. */
	constructor(disk: SimulatedDisk, node: NodeId, writable: boolean) {
		this.#disk = disk
		this.node = node
		this.#writable = writable
	}

	async write(bytes: Uint8Array, at: number): Promise<number> {
		const extent = { start: at, end: at + bytes.length }
		for (const other of this.#writing)
			if (other.start < extent.end && extent.start < other.end) this.#blame(`overlapping writes at ${at}`)
		this.#writing.add(extent)
		try {
			return await this.#use('write', () => this.#take(bytes, at))
		} finally {
			this.#writing.delete(extent)
		}
	}

	read(into: Uint8Array, at: number): Promise<number> {
		return this.#use('read', () => {
			const node = this.#disk.volume.tree.get(this.node)
			if (node.kind !== 'file') throw systemError('EISDIR', 'read')
			return readInto(node.content, at, into)
		})
	}

	syncData(): Promise<void> {
		return this.#sync('fdatasync')
	}

	syncAll(): Promise<void> {
		return this.#sync('fsync')
	}

	truncate(bytes: number): Promise<void> {
		return this.#use('ftruncate', () => {
			if (!this.#writable) throw systemError('EINVAL', 'ftruncate')
			this.#disk.volume.did({ kind: 'truncate', node: this.node, bytes })
		})
	}

	/** This disk has no means to. */
	allocate(): Promise<void> {
		return this.#use('fallocate', () => {})
	}

	setMode(mode: number): Promise<void> {
		return this.#use('fchmod', () => this.#disk.volume.did({ kind: 'mode', node: this.node, mode }))
	}

	look(): Promise<FileFacts> {
		return this.#use('fstat', () => this.#disk.factsOf(this.node))
	}

	close(): Promise<void> {
		if (this.#underWay > 0) this.#blame(`closed with ${this.#underWay} calls under way`)
		return this.#use('close', () => {
			this.#closed = true
			this.#disk.closed(this)
		})
	}

	/** A sync has failed: nothing that was written until now is made durable by a later one. */
	loseUnsynced(): void {
		const { log } = this.#disk.volume
		this.#disk.volume.did({ kind: 'failed-sync', node: this.node, covers: log.length })
	}

	#sync(call: string): Promise<void> {
		const covers = this.#disk.volume.log.length
		return this.#use(call, () => this.#disk.volume.did({ kind: 'sync', node: this.node, covers }))
	}

	/** As much as there is room for, and an error only where there is none at all. */
	#take(bytes: Uint8Array, at: number): number {
		const { volume } = this.#disk
		if (!this.#writable) throw systemError('EBADF', 'write')
		const { content } = volume.tree.file(this.node)
		const room =
			volume.capacityBytes === undefined ? bytes.length : fitting(content, at, bytes.length, volume.freeBytes())
		if (room === 0 && bytes.length > 0) throw systemError('ENOSPC', 'write')
		volume.did({ kind: 'write', node: this.node, at, bytes: new Uint8Array(bytes.subarray(0, room)) })
		return room
	}

	async #use<T>(call: string, effect: () => T): Promise<T> {
		if (this.#closed) this.#blame(`${call} after close`)
		this.#underWay += 1
		try {
			return await this.#disk.call(call, () => {
				if (this.#closed) throw systemError('EBADF', call)
				return effect()
			})
		} finally {
			this.#underWay -= 1
		}
	}

	#blame(what: string): void {
		this.#disk.blamed.push(`${what} (inode ${this.#disk.volume.tree.get(this.node).inode})`)
	}
}
