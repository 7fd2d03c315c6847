import { formatBytes } from '../base/bytes.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk } from '../disk/contract.ts'

/** Rejects with E_NO_SPACE where `directory` has not room for `bytes` more: a sparse file of any size can be made on a full disk. */
export async function requireFreeSpace(disk: Disk, directory: string, bytes: number): Promise<void> {
	// What stands in the way of asking stands in the way of writing too, and is told then.
	const free = await disk.space(directory).then(
		({ freeBytes }) => freeBytes,
		() => undefined,
	)
	if (free === undefined || free >= bytes) return
	throw new DownloadError('E_NO_SPACE', `${directory} has room for ${formatBytes(free)} of ${formatBytes(bytes)}`, {
		details: { bytes, free },
		hint: 'Free some space, or choose another folder with --dir.',
	})
}
