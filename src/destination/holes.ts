import type { BigIntStats } from 'node:fs'
import { statfs } from 'node:fs/promises'

/**
 * File systems on which bytes that were written take up room, zeros too: ext2 to ext4, XFS and tmpfs, by the magic numbers
 * of statfs(2). Others compress, or share.
 */
const plainFileSystems: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x01021994])

/**
 * Whether a file of which every byte was written has holes: it was cut while it was, and grew again by what was written
 * further on. Size and inode are right then, and the holes read as zeros. False where the file system does not tell.
 */
export async function hasHoles(path: string, stats: BigIntStats): Promise<boolean> {
	if (stats.blocks * 512n >= stats.size) return false
	const type = await statfs(path).then(
		({ type }) => type,
		() => undefined,
	)
	return type !== undefined && plainFileSystems.has(type)
}
