import { statfs } from 'node:fs/promises'
import { formatBytes } from '../base/bytes.ts'
import { DownloadError } from '../base/errors.ts'

/** Rejects with E_NO_SPACE where `directory` has not room for `bytes` more: a sparse file of any size can be made on a full disk. */
export async function requireFreeSpace(directory: string, bytes: number): Promise<void> {
	const free = await freeBytes(directory)
	if (free === undefined || free >= bytes) return
	throw new DownloadError('E_NO_SPACE', `${directory} has room for ${formatBytes(free)} of ${formatBytes(bytes)}`, {
		details: { bytes, free },
		hint: 'Free some space, or choose another folder with --dir.',
	})
}

/** Undefined where the file system does not say: some answer 0 for everything. */
async function freeBytes(directory: string): Promise<number | undefined> {
	try {
		const { blocks, bavail, bsize } = await statfs(directory)
		return blocks === 0 ? undefined : bavail * bsize
	} catch {
		return undefined
	}
}
