import {
	type BigIntStats,
	close,
	closeSync,
	constants,
	fchmod,
	fchmodSync,
	fdatasync,
	fstat,
	fstatSync,
	fsync,
	ftruncate,
	link,
	linkSync,
	lstat,
	lstatSync,
	mkdir,
	mkdirSync,
	open,
	openSync,
	read,
	realpath,
	realpathSync,
	rename,
	type StatsFs,
	stat,
	statfs,
	unlink,
	unlinkSync,
	write,
	writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import type { Clock } from '../base/clock.ts'
import { errnoOf } from '../base/disk-error.ts'
import type { FileIdentity } from '../model/file-identity.ts'
import { Calls, inPool, type Settle } from './calls.ts'
import { runCommand } from './command.ts'
import type { Disk, DiskFile, FileFacts, Lock, Space } from './contract.ts'
import { LocalFolders } from './local-folders.ts'
import { lockFile } from './lock.ts'
import { PromptCalls } from './prompt-calls.ts'

/**
 * The disks of this machine. What may take long is left to Node's thread pool: reading, syncing, cutting, and what follows
 * links to wherever they lead; so is the rest where the disk is not one of this machine's own, or does not keep up.
 *
 * Numbers of descriptors and callbacks, where Node offers objects and promises: those close a file that they are still
 * at work on, and cost several promises a block.
 *
 * Without a clock nothing is known of how prompt calls are, and all are left to the pool.
 */
export function createSystemDisk(clock?: Pick<Clock, 'now'>): Disk {
	const local = new LocalFolders(async folder => (await fileSystemAt(folder)).type)
	return new SystemDisk(new Calls(clock && new PromptCalls(clock), local))
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants
/** To close the last descriptor of a longer file that has no name any more gives back its blocks, and takes its time. */
const shortBytes = 1024 * 1024

const exact = { bigint: true } as const
const exactOrNothing = { bigint: true, throwIfNoEntry: false } as const

class SystemDisk implements Disk {
	readonly #calls: Calls

	constructor(calls: Calls) {
		this.#calls = calls
	}

	create(path: string): Promise<DiskFile> {
		return this.#open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR)
	}

	open(path: string, access: 'read' | 'read-write'): Promise<DiskFile> {
		return this.#open(path, (access === 'read' ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK)
	}

	async look(path: string): Promise<FileFacts | undefined> {
		const stats = await this.#calls.make<BigIntStats | undefined>(
			dirname(path),
			() => lstatSync(path, exactOrNothing),
			settle => lstat(path, exact, unlessNothing(settle)),
		)
		return stats && factsOf(stats)
	}

	async lookThrough(path: string): Promise<FileFacts> {
		return factsOf(await inPool<BigIntStats>(settle => stat(path, exact, settle)))
	}

	realPath(path: string): Promise<string> {
		return this.#calls.make(
			path,
			() => realpathSync.native(path),
			settle => realpath.native(path, settle),
		)
	}

	makeFolder(path: string): Promise<void> {
		return this.#calls.make(
			dirname(path),
			() => mkdirSync(path),
			settle => mkdir(path, settle),
		)
	}

	link(from: string, to: string): Promise<void> {
		return this.#calls.make(
			dirname(to),
			() => linkSync(from, to),
			settle => link(from, to, settle),
		)
	}

	rename(from: string, to: string): Promise<void> {
		return inPool(settle => rename(from, to, settle))
	}

	unlink(path: string): Promise<void> {
		return this.#calls.make(
			dirname(path),
			() => unlinkSync(path),
			settle => unlink(path, settle),
		)
	}

	async syncFolder(path: string): Promise<void> {
		const folder = await this.#open(path, O_RDONLY | O_DIRECTORY)
		try {
			await folder.syncAll()
		} finally {
			await folder.close()
		}
	}

	/** Some file systems answer 0 for everything. */
	async space(path: string): Promise<Space> {
		const { blocks, bavail, bsize, type } = await fileSystemAt(path)
		return { freeBytes: blocks === 0 ? undefined : bavail * bsize, fileSystem: type }
	}

	lock(file: SystemFile, identity: FileIdentity, strong: boolean): Promise<Lock | undefined> {
		return lockFile(file.number, identity, strong)
	}

	async #open(path: string, flags: number): Promise<DiskFile> {
		const folder = dirname(path)
		const now = () => openSync(path, flags, 0o600)
		const number = await this.#calls.make<number>(folder, now, settle => open(path, flags, 0o600, settle))
		return new SystemFile(number, flags & O_CREAT ? 0 : Number.POSITIVE_INFINITY, folder, this.#calls)
	}
}

class SystemFile implements DiskFile {
	readonly number: number
	readonly #folder: string
	readonly #calls: Calls
	/** How long it may be, as far as is known. */
	#end: number

	constructor(number: number, bytes: number, folder: string, calls: Calls) {
		this.number = number
		this.#end = bytes
		this.#folder = folder
		this.#calls = calls
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
		const exitCode = await runCommand('fallocate', ['--keep-size', '--length', `${bytes}`, path])
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

function fileSystemAt(path: string): Promise<StatsFs> {
	return inPool(settle => statfs(path, settle))
}

/** That there is nothing is an answer. */
function unlessNothing<T>(settle: Settle<T | undefined>): Settle<T> {
	return (error, value) => (errnoOf(error) === 'ENOENT' ? settle(null) : settle(error, value))
}

function factsOf(stats: BigIntStats): FileFacts {
	return {
		kind: kindOf(stats),
		bytes: Number(stats.size),
		// POSIX leaves the unit of st_blocks open; on Linux, macOS and the BSDs it is 512 bytes on every file system.
		allocatedBytes: Number(stats.blocks) * 512,
		identity: { device: String(stats.dev), inode: String(stats.ino), birthNs: String(stats.birthtimeNs) },
	}
}

function kindOf(stats: BigIntStats): FileFacts['kind'] {
	if (stats.isFile()) return 'file'
	if (stats.isDirectory()) return 'folder'
	return stats.isSymbolicLink() ? 'link' : 'other'
}
