import { errnoOf } from '../../../src/base/disk-error.ts'
import type { Disk, DiskFile, FileFacts, Lock, Space } from '../../../src/disk/contract.ts'
import { allocatedBytes } from './content.ts'
import { type Found, look } from './path.ts'
import { SimulatedFile } from './simulated-file.ts'
import { systemError } from './system-error.ts'
import { fileNode, folderNode, type NodeId } from './tree.ts'
import type { ProcessOptions, Volume } from './volume.ts'

/**
 * The disk as one process has it. A call takes effect at its end, a microtask later or when its latency has passed, so that
 * memory which is taken back too early shows in the file.
 */
export class SimulatedDisk implements Disk {
	readonly volume: Volume
	/** What the process did that no right program does: writes that overlap, a close with something under way, a use after it. */
	readonly blamed: string[] = []
	readonly #options: ProcessOptions
	readonly #files = new Set<SimulatedFile>()
	readonly #locks = new Set<NodeId>()
	#killed = false

	/** To be made by `volume.process()`. */
	constructor(volume: Volume, options: ProcessOptions) {
		this.volume = volume
		this.#options = options
	}

	get openFiles(): number {
		return this.#files.size
	}

	get heldLocks(): number {
		return this.#locks.size
	}

	/** The process dies: its files are closed, its locks are free, and no call of its settles any more. */
	kill(): void {
		this.#killed = true
		for (const file of this.#files) this.volume.closed(file.node)
		for (const node of this.#locks) this.volume.unlock(node)
		this.#files.clear()
		this.#locks.clear()
	}

	create(path: string): Promise<DiskFile> {
		return this.call('open', () => {
			const { folder, name, node: there } = this.#find(path, 'open')
			if (there !== undefined) throw systemError('EEXIST', 'open', path)
			const made = fileNode(this.volume.freeInode())
			const node = this.volume.bear(made)
			this.volume.did({ kind: 'create', folder, name, node, made })
			return this.#opened(node, true)
		})
	}

	open(path: string, access: 'read' | 'read-write'): Promise<DiskFile> {
		return this.call('open', () => {
			const node = this.#existing(path, 'open')
			const { kind } = this.volume.tree.get(node)
			if (kind === 'link') throw systemError('ELOOP', 'open', path)
			if (kind === 'folder' && access === 'read-write') throw systemError('EISDIR', 'open', path)
			return this.#opened(node, access === 'read-write')
		})
	}

	look(path: string): Promise<FileFacts | undefined> {
		return this.call('lstat', () => {
			try {
				return this.factsOf(this.#existing(path, 'lstat'))
			} catch (error) {
				if (errnoOf(error) === 'ENOENT') return undefined
				throw error
			}
		})
	}

	lookThrough(path: string): Promise<FileFacts> {
		return this.call('stat', () => this.factsOf(this.#existing(path, 'stat', true)))
	}

	realPath(path: string): Promise<string> {
		return this.call('realpath', () => {
			const found = this.#find(path, 'realpath', true)
			if (found.node === undefined) throw systemError('ENOENT', 'realpath', path)
			return found.path
		})
	}

	makeFolder(path: string): Promise<void> {
		return this.call('mkdir', () => {
			const { folder, name, node: there } = this.#find(path, 'mkdir')
			if (there !== undefined) throw systemError('EEXIST', 'mkdir', path)
			const made = folderNode(this.volume.freeInode())
			this.volume.did({ kind: 'create', folder, name, node: this.volume.bear(made), made })
		})
	}

	link(from: string, to: string): Promise<void> {
		return this.call('link', () => {
			const node = this.#existing(from, 'link')
			const { folder, name, node: there } = this.#find(to, 'link')
			if (there !== undefined) throw systemError('EEXIST', 'link', to)
			const isFolder = this.volume.tree.get(node).kind === 'folder'
			if (isFolder || !this.volume.hardLinks) throw systemError('EPERM', 'link', from)
			this.volume.did({ kind: 'link', folder, name, node })
		})
	}

	rename(from: string, to: string): Promise<void> {
		return this.call('rename', () => {
			const node = this.#existing(from, 'rename')
			const source = this.#find(from, 'rename')
			const target = this.#find(to, 'rename')
			// Two names of one file: POSIX has `rename` succeed and do nothing.
			if (target.node === node) return
			this.#refuseReplacing(node, target, to)
			const { folder, name } = target
			this.volume.did({ kind: 'rename', from: { folder: source.folder, name: source.name }, folder, name, node })
		})
	}

	unlink(path: string): Promise<void> {
		return this.call('unlink', () => {
			const node = this.#existing(path, 'unlink')
			if (this.volume.tree.get(node).kind === 'folder') throw systemError('EISDIR', 'unlink', path)
			const { folder, name } = this.#find(path, 'unlink')
			this.volume.did({ kind: 'unlink', folder, name, node })
		})
	}

	async syncFolder(path: string): Promise<void> {
		const covers = this.volume.log.length
		await this.call('fsync', () => {
			const node = this.#existing(path, 'open', true)
			if (this.volume.tree.get(node).kind !== 'folder') throw systemError('ENOTDIR', 'open', path)
			this.volume.did({ kind: 'sync', node, covers })
		})
	}

	space(path: string): Promise<Space> {
		return this.call('statfs', () => {
			this.#existing(path, 'statfs', true)
			return { freeBytes: this.volume.freeBytes(), fileSystem: this.volume.fileSystem }
		})
	}

	lock(file: DiskFile): Promise<Lock | undefined> {
		return this.call('flock', () => {
			const { node } = file as SimulatedFile
			if (!this.volume.tryLock(node)) return undefined
			this.#locks.add(node)
			return { release: async () => this.#release(node) }
		})
	}

	// For the files that it has opened.

	/** Lets a call take its time, then its effect. Never settles for a process that has died. */
	async call<T>(name: string, effect: () => T): Promise<T> {
		const { clock, latencyMs } = this.#options
		const ms = this.#killed ? undefined : latencyMs?.(name)
		if (clock === undefined || ms === undefined) await undefined
		else await clock.sleep(ms)
		return this.#killed ? new Promise<never>(() => {}) : effect()
	}

	factsOf(id: NodeId): FileFacts {
		const node = this.volume.tree.get(id)
		const identity = { device: '1', inode: String(node.inode), birthNs: String(id) }
		const content = node.kind === 'file' ? node.content : undefined
		const bytes = content?.bytes ?? 0
		return { kind: node.kind, bytes, allocatedBytes: content === undefined ? 0 : allocatedBytes(content), identity }
	}

	closed(file: SimulatedFile): void {
		if (this.#files.delete(file)) this.volume.closed(file.node)
	}

	#opened(node: NodeId, writable: boolean): SimulatedFile {
		const file = new SimulatedFile(this, node, writable)
		this.#files.add(file)
		this.volume.opened(node)
		return file
	}

	#release(node: NodeId): void {
		if (this.#locks.delete(node)) this.volume.unlock(node)
	}

	#find(path: string, syscall: string, through = false): Found {
		return look(this.volume.tree, path, syscall, through)
	}

	#existing(path: string, syscall: string, through = false): NodeId {
		const { node } = this.#find(path, syscall, through)
		if (node === undefined) throw systemError('ENOENT', syscall, path)
		return node
	}

	#refuseReplacing(node: NodeId, target: Found, to: string): void {
		if (target.node === undefined) return
		const replaced = this.volume.tree.get(target.node)
		const isFolder = this.volume.tree.get(node).kind === 'folder'
		if (replaced.kind !== 'folder' && isFolder) throw systemError('ENOTDIR', 'rename', to)
		if (replaced.kind === 'folder' && !isFolder) throw systemError('EISDIR', 'rename', to)
		if (replaced.kind === 'folder' && replaced.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', to)
	}
}
