import type { Disk, FileFacts } from '../disk/contract.ts'

/**
 * File systems on which bytes that were written take up room, zeros too: ext2 to ext4, XFS and tmpfs, by the magic numbers
 * of statfs(2). Others compress, or share.
 */
const plainFileSystems: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x01021994])

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
