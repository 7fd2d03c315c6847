import type { Clock } from '../../../src/base/clock.ts'
import { allocatedBytes, bytesOf } from './content.ts'
import { CrashPoint, type Fate, type Unsynced } from './crash-point.ts'
import type { Operation } from './operation.ts'
import { type Found, look } from './path.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { systemError } from './system-error.ts'
import { fileNode, folderNode, type Node, type NodeId, rootId, Tree } from './tree.ts'

export interface VolumeOptions {
	/** Room for pages of 4096 bytes; folders and names take none. @default no limit */
	readonly capacityBytes?: number
	/** statfs(2)'s number. @default ext4's, on which bytes that were written take up room */
	readonly fileSystem?: number
	/** False refuses every `link` with EPERM, as FAT does. @default true */
	readonly hardLinks?: boolean
}

export interface ProcessOptions {
	/** With `latencyMs`: how long a call takes. @default a microtask */
	readonly clock?: Clock
	readonly latencyMs?: (call: string) => number | undefined
}

/**
 * A file system in memory that knows what was synced. Processes come and go; what they wrote stays, until a power cut
 * takes what was not synced.
 *
 * Paths are absolute and the root is a folder. Inode numbers are reused at once, birth times never.
 */
export class Volume {
	/** Every operation since the volume was made, or `settle` was called. */
	readonly log: Operation[] = []
	readonly capacityBytes: number | undefined
	readonly fileSystem: number
	readonly hardLinks: boolean
	/** What every process sees. */
	readonly tree: Tree
	readonly #options: VolumeOptions
	readonly #open = new Map<NodeId, number>()
	readonly #locked = new Set<NodeId>()
	#base: Tree
	/** Counts every inode that there ever was, across power cuts. */
	#births: number

	constructor(options: VolumeOptions = {}, from: { readonly tree: Tree; readonly births: number } = newDisk()) {
		this.#options = options
		this.capacityBytes = options.capacityBytes
		this.fileSystem = options.fileSystem ?? 0xef53
		this.hardLinks = options.hardLinks ?? true
		this.tree = from.tree
		this.#base = from.tree.clone()
		this.#births = from.births
	}

	/** The disk as one process has it: with its own open files and locks, and a death of its own. */
	process(options: ProcessOptions = {}): SimulatedDisk {
		return new SimulatedDisk(this, options)
	}

	/** All that was done is on the disk; the log begins anew. */
	settle(): void {
		this.#base = this.tree.clone()
		this.log.length = 0
	}

	/** The volume after a power cut, which does to each unsynced operation what `fateOf` says. */
	powerCut(fateOf: (unsynced: Unsynced) => Fate): Volume {
		const point = this.crashPoint()
		for (const operation of this.log) point.advance(operation)
		return this.after(point.cut(fateOf))
	}

	/** The moment before the first operation of the log. */
	crashPoint(): CrashPoint {
		return new CrashPoint(this.#base.clone())
	}

	/** A volume that began as this one did, and holds `tree` now, all of it synced. The tree is taken over. */
	after(tree: Tree): Volume {
		return new Volume(this.#options, { tree, births: this.#births })
	}

	/** The volume as it was after so many operations of the log, with as much of it unsynced: what the death of a process leaves. */
	asOf(done: number): Volume {
		const earlier = this.after(this.#base.clone())
		for (const operation of this.log.slice(0, done)) earlier.did(operation)
		return earlier
	}

	// What a test does from outside, as root would.

	/** Puts a file there, in place of what has the name. */
	put(path: string, bytes: Uint8Array): void {
		const { folder, name } = this.#at(path)
		const node = this.bear(fileNode(this.freeInode()))
		this.did({ kind: 'create', folder, name, node, made: this.tree.get(node) })
		this.did({ kind: 'write', node, at: 0, bytes: new Uint8Array(bytes) })
	}

	/** Changes bytes of a file that is there. */
	overwrite(path: string, at: number, bytes: Uint8Array): void {
		this.did({ kind: 'write', node: this.#there(path), at, bytes: new Uint8Array(bytes) })
	}

	truncate(path: string, bytes: number): void {
		this.did({ kind: 'truncate', node: this.#there(path), bytes })
	}

	makeFolder(path: string): void {
		const { folder, name } = this.#at(path)
		const made = folderNode(this.freeInode())
		this.did({ kind: 'create', folder, name, node: this.bear(made), made })
	}

	symlink(target: string, path: string): void {
		const { folder, name } = this.#at(path)
		const made = { kind: 'link', inode: this.freeInode(), target } as const
		this.did({ kind: 'create', folder, name, node: this.bear(made), made })
	}

	/** Undefined for nothing, and for what is no file. Symbolic links are not followed. */
	read(path: string): Uint8Array | undefined {
		for (const [named, id] of this.tree.walk()) {
			const node = named === path ? this.tree.get(id) : undefined
			if (node?.kind === 'file') return bytesOf(node.content)
		}
		return undefined
	}

	/** The paths of all that is there, in order. */
	paths(): string[] {
		return [...this.tree.walk()].map(([path]) => path).sort()
	}

	// What the processes share.

	/** Does it, and notes it. */
	did(operation: Operation): void {
		this.tree.apply(operation)
		this.log.push(operation)
	}

	bear(node: Node): NodeId {
		this.#births += 1
		this.tree.bear(this.#births, node)
		return this.#births
	}

	/** The lowest number that no inode has: that of the one deleted last, more often than not. */
	freeInode(): number {
		this.tree.prune(id => this.#open.has(id))
		const taken = new Set([...this.tree.nodes()].map(({ inode }) => inode))
		let inode = 11
		while (taken.has(inode)) inode += 1
		return inode
	}

	freeBytes(): number {
		if (this.capacityBytes === undefined) return Number.MAX_SAFE_INTEGER
		this.tree.prune(id => this.#open.has(id))
		let used = 0
		for (const node of this.tree.nodes()) if (node.kind === 'file') used += allocatedBytes(node.content)
		return Math.max(0, this.capacityBytes - used)
	}

	opened(id: NodeId): void {
		this.#open.set(id, (this.#open.get(id) ?? 0) + 1)
	}

	closed(id: NodeId): void {
		const left = (this.#open.get(id) ?? 1) - 1
		if (left === 0) this.#open.delete(id)
		else this.#open.set(id, left)
	}

	tryLock(id: NodeId): boolean {
		if (this.#locked.has(id)) return false
		this.#locked.add(id)
		return true
	}

	unlock(id: NodeId): void {
		this.#locked.delete(id)
	}

	#at(path: string): Found {
		const found = look(this.tree, path, 'open', false)
		if (found.name === '') throw systemError('EEXIST', 'open', path)
		return found
	}

	#there(path: string): NodeId {
		const { node } = look(this.tree, path, 'open', false)
		if (node === undefined) throw systemError('ENOENT', 'open', path)
		return node
	}
}

function newDisk(): { tree: Tree; births: number } {
	return { tree: new Tree(), births: rootId }
}
