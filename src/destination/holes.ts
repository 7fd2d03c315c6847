import type { Disk, FileFacts } from '../disk/contract.ts'
import { fileSystems } from '../disk/file-systems.ts'

/** Where bytes that were written take up room, zeros too. Others compress, or share. */
const plainFileSystems: ReadonlySet<number> = new Set([fileSystems.ext, fileSystems.xfs, fileSystems.tmpfs])

/**
 * Whether a file of which every byte was written has holes: it was cut while it was, and grew again by what was written
 * further on. Size and inode are right then, and the holes read as zeros. False where the file system does not tell.
 */
export async function hasHoles(disk: Disk, path: string, file: FileFacts): Promise<boolean> {
	if (file.allocatedBytes >= file.bytes) return false
	const type = await disk.space(path).then(
		({ fileSystem }) => fileSystem,
		() => undefined,
	)
	return type !== undefined && plainFileSystems.has(type)
}
