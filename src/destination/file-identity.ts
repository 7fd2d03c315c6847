import { type BigIntStats, constants, open as openDescriptor } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { diskError, errnoOf } from '../base/disk-error.ts'
import { DownloadError } from '../base/errors.ts'
import type { FileIdentity } from '../journal/contract.ts'
import { Descriptor } from '../sink/descriptor.ts'

export function identityOf(stats: BigIntStats): FileIdentity {
	return { device: String(stats.dev), inode: String(stats.ino), birthNs: String(stats.birthtimeNs) }
}

/**
 * Whether both name one file. Inodes are reused at once after a deletion, birth times are not. The device counts only
 * where a file system knows no birth time: btrfs, NFS and overlays get another number with every mount.
 */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
	if (a.inode !== b.inode || a.birthNs !== b.birthNs) return false
	return a.birthNs !== '0' || a.device === b.device
}

/** What is at `path`, a symbolic link as itself; undefined for nothing. Rejects with E_IO. */
export async function look(path: string): Promise<BigIntStats | undefined> {
	try {
		return await lstat(path, { bigint: true })
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return undefined
		throw diskError(error, `Cannot look at ${path}`)
	}
}

/** Whether `path` names that very file. */
export async function names(path: string, file: FileIdentity): Promise<boolean> {
	const stats = await look(path)
	return stats?.isFile() === true && isSameFile(identityOf(stats), file)
}

/** Makes a file that only its owner can read; undefined where something has the name already. Rejects with E_IO. */
export async function createFile(path: string): Promise<Descriptor | undefined> {
	const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants
	try {
		return await open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR)
	} catch (error) {
		if (errnoOf(error) === 'EEXIST') return undefined
		throw diskError(error, `Cannot create ${path}`)
	}
}

/** Opens a regular file that is there; undefined for nothing. Rejects with E_IO for anything else under that name. */
export async function openFile(path: string): Promise<Descriptor | undefined> {
	const stats = await look(path)
	if (stats === undefined) return undefined
	// Asked before opening: to open a device or a pipe may already do something.
	if (!stats.isFile()) throw notRegular(path)
	try {
		return await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return undefined
		if (errnoOf(error) === 'ELOOP') throw notRegular(path)
		throw diskError(error, `Cannot open ${path}`)
	}
}

function open(path: string, flags: number): Promise<Descriptor> {
	return new Promise((resolve, reject) => {
		openDescriptor(path, flags, 0o600, (error, number) => {
			if (error) reject(error)
			else resolve(new Descriptor(number, path))
		})
	})
}

function notRegular(path: string): DownloadError {
	return new DownloadError('E_IO', `${path} is not a regular file: it is not followed or written to`, {
		details: { path },
		hint: 'Remove it, or choose another name with --output.',
	})
}
