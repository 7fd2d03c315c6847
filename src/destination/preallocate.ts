import type { Disk } from '../disk/contract.ts'
import type { Descriptor } from '../disk/descriptor.ts'
import { fileSystemAt, fileSystems } from '../disk/file-systems.ts'

/**
 * Those that put room aside by a note of where it is. Others write zeros (tmpfs), or are not meant to write in place (btrfs);
 * ext2 and ext3 cannot, and say so.
 */
const notingFileSystems: ReadonlySet<number> = new Set([fileSystems.ext, fileSystems.xfs])

/** Below this there is too little to be won for the start of a command. */
const fromBytes = 64 * 1024 * 1024

/** Above this the command takes longer than 0.3 s, and is not stopped by what stops us. */
const toBytes = 256 * 1024 * 1024 * 1024

/**
 * Puts room for the whole of a long file aside, where that is a matter of milliseconds. Lanes write in many places at once: the file
 * comes to lie in few pieces all the same, and no write waits while the file system looks for room with its lock held.
 */
export async function preallocate(
	disk: Pick<Disk, 'space'>,
	file: Pick<Descriptor, 'path' | 'allocate'>,
	bytes: number,
): Promise<void> {
	if (bytes < fromBytes || bytes > toBytes) return
	const type = await fileSystemAt(disk, file.path)
	if (type !== undefined && notingFileSystems.has(type)) await file.allocate(bytes)
}
