import { DownloadError } from '../base/errors.ts'
import type { DiskFile } from '../disk/contract.ts'
import type { Hashers } from './hashers.ts'

const blockBytes = 1024 * 1024

/**
 * Hashes an open file from its start to `end`, or to its own end where that comes first; resolves with how far it came.
 *
 * Each block is hashed on the caller's thread while the next one is read. `onBlock` hears how far it is, and stops it
 * by answering false. When the promise has settled, nothing reads any more.
 */
export async function hashFile(
	file: DiskFile,
	hashers: Hashers,
	end: number,
	onBlock: (bytes: number) => boolean,
): Promise<number> {
	const readInto = (block: Uint8Array, at: number): Promise<number> => file.read(block.subarray(0, end - at), at)
	let hashed = 0
	let block: Uint8Array = Buffer.allocUnsafe(Math.min(blockBytes, end))
	let spare: Uint8Array = Buffer.allocUnsafe(block.length)
	let reading = readInto(block, 0)
	try {
		while (hashed < end) {
			const bytes = await reading
			if (bytes === 0) break
			const next = hashed + bytes
			if (next < end) reading = readInto(spare, next)
			hashers.update(block.subarray(0, bytes))
			;[block, spare] = [spare, block]
			hashed = next
			if (!onBlock(hashed)) break
		}
		return hashed
	} finally {
		await reading.catch(() => {})
	}
}

/** What the system said about a file, as a `DownloadError` that names it; anything else as it is. */
export function readFailure(path: string, error: unknown): unknown {
	const errno = (error as NodeJS.ErrnoException).code
	if (errno === undefined || (error as NodeJS.ErrnoException).syscall === undefined) return error
	return new DownloadError('E_IO', `Cannot read ${path}: ${reasons[errno] ?? errno}`, {
		cause: error,
		details: { errno },
	})
}

const reasons: Readonly<Record<string, string>> = {
	EACCES: 'permission denied',
	EISDIR: 'it is a folder',
	ELOOP: 'it is a symbolic link',
	ENOENT: 'no such file',
}
