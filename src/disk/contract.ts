import type { FileIdentity } from '../model/file-identity.ts'

/**
 * The system calls on files that skein makes, and no others: small enough that a disk can be simulated, recorded and made
 * to fail at every call. What is built on them (retried writes, safe closing, names, typed errors) lies above.
 *
 * Its promises are checked by `test/contract/disk.ts`. Every rejection is the system's own error, with `code` and `syscall`.
 */
export interface Disk {
	/** A new file that only its owner can read, open for reading and writing. EEXIST where anything has the name. */
	create(path: string): Promise<DiskFile>
	/** A file that is there. ELOOP for a symbolic link; a pipe does not make us wait for its other end. */
	open(path: string, access: 'read' | 'read-write'): Promise<DiskFile>
	/** What is at `path`, a symbolic link as itself; undefined for nothing, which most looks find. */
	look(path: string): Promise<FileFacts | undefined>
	/** What `path` leads to, by way of symbolic links. ENOENT for nothing. */
	lookThrough(path: string): Promise<FileFacts>
	/** `path` without symbolic links. ENOENT for nothing. */
	realPath(path: string): Promise<string>
	/** A folder in one that is there. */
	makeFolder(path: string): Promise<void>
	/** A second name for a file. EEXIST where anything has the name; EPERM and others where there are no hard links. */
	link(from: string, to: string): Promise<void>
	/** Another name for a file, in place of what had it. */
	rename(from: string, to: string): Promise<void>
	/** Takes a name away. ENOENT for nothing. */
	unlink(path: string): Promise<void>
	/** Names made and taken away in the folder survive a power cut once it resolves. EINVAL where folders cannot be synced. */
	syncFolder(path: string): Promise<void>
	/** What the file system at `path` says of itself. */
	space(path: string): Promise<Space>
	/**
	 * Holds an open file against other processes until the lock is released or the process dies; undefined where another has
	 * it. Where no lock is to be had, it is ours. `strong` reaches across containers and costs milliseconds.
	 */
	lock(file: DiskFile, identity: FileIdentity, strong: boolean): Promise<Lock | undefined>
}

/** An open file. Whoever closes it sees to it that nothing is under way on it. */
export interface DiskFile {
	/** Its number in this process, for a thread or a child that shall use it too; undefined where there is no system below. */
	readonly number: number | undefined
	/** Writes at offset `at`, and says how many bytes it took: a write may be short. The memory is the disk's until then. */
	write(bytes: Uint8Array, at: number): Promise<number>
	/** Reads at offset `at`, and says how many bytes there were: a read may be short, and 0 is the end. */
	read(into: Uint8Array, at: number): Promise<number>
	/** The bytes of writes that settled before the call, and the length, survive a power cut once it resolves. */
	syncData(): Promise<void>
	/** As `syncData`, with mode and times. */
	syncAll(): Promise<void>
	truncate(bytes: number): Promise<void>
	/**
	 * Sees to it that the first `bytes` have room on the disk before they are written; length and content stay as they are. As
	 * far as the system has means to: it fails with nothing, and says nothing of how far it came.
	 */
	allocate(bytes: number): Promise<void>
	setMode(mode: number): Promise<void>
	look(): Promise<FileFacts>
	/** It is closed whatever the answer is. */
	close(): Promise<void>
}

export interface FileFacts {
	readonly kind: 'file' | 'folder' | 'link' | 'other'
	readonly bytes: number
	/** What it takes on the disk: of a sparse file, less than its length. */
	readonly allocatedBytes: number
	readonly identity: FileIdentity
}

export interface Space {
	/** For us to use; undefined where the file system does not say. */
	readonly freeBytes: number | undefined
	/** The magic number of statfs(2). */
	readonly fileSystem: number
}

/** A file held against other processes. The death of ours frees it, however it comes. */
export interface Lock {
	/** To be called when the file is closed. Idempotent. */
	release(): Promise<void>
}
