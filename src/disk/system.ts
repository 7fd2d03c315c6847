import {
	type BigIntStats,
	close,
	constants,
	fchmod,
	fdatasync,
	fstat,
	fsync,
	ftruncate,
	link,
	lstat,
	mkdir,
	open,
	read,
	realpath,
	rename,
	type StatsFs,
	stat,
	statfs,
	unlink,
	write,
} from 'node:fs'
import type { FileIdentity } from '../model/file-identity.ts'
import type { Disk, DiskFile, FileFacts, Lock, Space } from './contract.ts'
import { lockFile } from './lock.ts'

/**
 * The disks of this machine, by way of Node's thread pool.
 *
 * Numbers of descriptors and callbacks, where Node offers objects and promises: those close a file that they are still
 * at work on, and cost several promises a block.
 */
export function createSystemDisk(): Disk {
	return new SystemDisk()
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants

class SystemDisk implements Disk {
	create(path: string): Promise<DiskFile> {
		return openFile(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR)
	}

	open(path: string, access: 'read' | 'read-write'): Promise<DiskFile> {
		return openFile(path, (access === 'read' ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK)
	}

	async look(path: string): Promise<FileFacts> {
		return factsOf(await call<BigIntStats>(settle => lstat(path, { bigint: true }, settle)))
	}

	async lookThrough(path: string): Promise<FileFacts> {
		return factsOf(await call<BigIntStats>(settle => stat(path, { bigint: true }, settle)))
	}

	realPath(path: string): Promise<string> {
		return call(settle => realpath.native(path, settle))
	}

	makeFolder(path: string): Promise<void> {
		return call(settle => mkdir(path, settle))
	}

	link(from: string, to: string): Promise<void> {
		return call(settle => link(from, to, settle))
	}

	rename(from: string, to: string): Promise<void> {
		return call(settle => rename(from, to, settle))
	}

	unlink(path: string): Promise<void> {
		return call(settle => unlink(path, settle))
	}

	async syncFolder(path: string): Promise<void> {
		const folder = await openFile(path, O_RDONLY | O_DIRECTORY)
		try {
			await folder.syncAll()
		} finally {
			await folder.close()
		}
	}

	/** Some file systems answer 0 for everything. */
	async space(path: string): Promise<Space> {
		const { blocks, bavail, bsize, type } = await call<StatsFs>(settle => statfs(path, settle))
		return { freeBytes: blocks === 0 ? undefined : bavail * bsize, fileSystem: type }
	}

	lock(file: SystemFile, identity: FileIdentity, strong: boolean): Promise<Lock | undefined> {
		return lockFile(file.number, identity, strong)
	}
}

class SystemFile implements DiskFile {
	readonly number: number

	constructor(number: number) {
		this.number = number
	}

	write(bytes: Uint8Array, at: number): Promise<number> {
		return call(settle => write(this.number, bytes, 0, bytes.length, at, settle))
	}

	read(into: Uint8Array, at: number): Promise<number> {
		return call(settle => read(this.number, into, 0, into.length, at, settle))
	}

	syncData(): Promise<void> {
		return call(settle => fdatasync(this.number, settle))
	}

	syncAll(): Promise<void> {
		return call(settle => fsync(this.number, settle))
	}

	truncate(bytes: number): Promise<void> {
		return call(settle => ftruncate(this.number, bytes, settle))
	}

	setMode(mode: number): Promise<void> {
		return call(settle => fchmod(this.number, mode, settle))
	}

	async look(): Promise<FileFacts> {
		return factsOf(await call<BigIntStats>(settle => fstat(this.number, { bigint: true }, settle)))
	}

	close(): Promise<void> {
		return call(settle => close(this.number, settle))
	}
}

async function openFile(path: string, flags: number): Promise<DiskFile> {
	return new SystemFile(await call(settle => open(path, flags, 0o600, settle)))
}

/** One promise a call. Node's callbacks may tell more than one value; the first is the one that counts. */
function call<T>(begin: (settle: (error: Error | null, value?: T) => void) => void): Promise<T> {
	return new Promise((resolve, reject) => {
		begin((error, value) => (error ? reject(error) : resolve(value as T)))
	})
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
