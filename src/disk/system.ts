import {
	type BigIntStats,
	constants,
	link,
	linkSync,
	lstat,
	lstatSync,
	mkdir,
	mkdirSync,
	open,
	openSync,
	realpath,
	realpathSync,
	rename,
	type StatsFs,
	stat,
	statfs,
	unlink,
	unlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { errnoOf } from '../base/disk-error.ts'
import type { FileIdentity } from '../model/file-identity.ts'
import { Calls, inPool, type Settle } from './calls.ts'
import { Commands } from './commands.ts'
import type { Disk, DiskFile, FileFacts, Lock, Space } from './contract.ts'
import { exact, factsOf } from './facts.ts'
import { LocalFolders } from './local-folders.ts'
import { lockFile } from './lock.ts'
import { PromptCalls } from './prompt-calls.ts'
import { SystemFile } from './system-file.ts'

/**
 * The disks of this machine. What may take long is left to Node's thread pool: reading, syncing, cutting, and what follows
 * links to wherever they lead; so is the rest where the disk is not one of this machine's own, or does not keep up.
 *
 * Numbers of descriptors and callbacks, where Node offers objects and promises: those close a file that they are still
 * at work on, and cost several promises a block.
 *
 * Without a clock nothing is known of how prompt calls are, and all are left to the pool.
 */
export function createSystemDisk(clock?: Pick<Clock, 'now' | 'after'>): Disk {
	const local = new LocalFolders(async folder => (await statFileSystem(folder)).type)
	return new SystemDisk(new Calls(clock && new PromptCalls(clock), local), new Commands(clock))
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants
const exactOrNothing = { bigint: true, throwIfNoEntry: false } as const

class SystemDisk implements Disk {
	readonly #calls: Calls
	readonly #commands: Commands

	constructor(calls: Calls, commands: Commands) {
		this.#calls = calls
		this.#commands = commands
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
		const { blocks, bavail, bsize, type } = await statFileSystem(path)
		return { freeBytes: blocks === 0 ? undefined : bavail * bsize, fileSystem: type }
	}

	lock(file: SystemFile, identity: FileIdentity, strong: boolean): Promise<Lock | undefined> {
		return lockFile(file.number, identity, strong, this.#commands)
	}

	async #open(path: string, flags: number): Promise<DiskFile> {
		const folder = dirname(path)
		const now = () => openSync(path, flags, 0o600)
		const number = await this.#calls.make<number>(folder, now, settle => open(path, flags, 0o600, settle))
		const bytes = flags & O_CREAT ? 0 : Number.POSITIVE_INFINITY
		return new SystemFile(number, bytes, folder, this.#calls, this.#commands)
	}
}

function statFileSystem(path: string): Promise<StatsFs> {
	return inPool(settle => statfs(path, settle))
}

/** That there is nothing is an answer. */
function unlessNothing<T>(settle: Settle<T | undefined>): Settle<T> {
	return (error, value) => (errnoOf(error) === 'ENOENT' ? settle(null) : settle(error, value))
}
