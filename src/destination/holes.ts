import type { Disk, FileFacts } from '../disk/contract.ts'
import { fileSystemAt, fileSystems } from '../disk/file-systems.ts'

/** Where bytes that were written take up room, zeros too. Others compress, or share. */
const plainFileSystems: ReadonlySet<number> = new Set([fileSystems.ext, fileSystems.xfs, fileSystems.tmpfs])

/** Up to this a file system may keep bytes without a block of their own: as much as its largest blocks hold. */
const blocklessBytes = 64 * 1024

/**
 * Whether a file of which every byte was written has holes: it was cut while it was, and grew again by what was written
 * further on. Size and inode are right then, and the holes read as zeros. False where the file system does not tell.
 */
export async function hasHoles(disk: Disk, path: string, file: FileFacts): Promise<boolean> {
	if (file.bytes <= blocklessBytes || file.allocatedBytes >= file.bytes) return false
	const type = await fileSystemAt(disk, path)
	return type !== undefined && plainFileSystems.has(type)
}
