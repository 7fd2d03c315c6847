import type { BigIntStats } from 'node:fs'
import type { FileFacts } from './contract.ts'

/** How the system is asked: times in nanoseconds and the numbers of files are beyond what a number holds. */
export const exact = { bigint: true } as const

/** What the system says of a file, as the contract has it. */
export function factsOf(stats: BigIntStats): FileFacts {
	return {
		kind: kindOf(stats),
		bytes: Number(stats.size),
		// POSIX leaves the unit of st_blocks open; on Linux, macOS and the BSDs it is 512 bytes on every file system.
		allocatedBytes: Number(stats.blocks) * 512,
		identity: { device: String(stats.dev), inode: String(stats.ino), birthNs: String(stats.birthtimeNs) },
	}
}

function kindOf(stats: BigIntStats): FileFacts['kind'] {
	if (stats.isFile()) return 'file'
	if (stats.isDirectory()) return 'folder'
	return stats.isSymbolicLink() ? 'link' : 'other'
}
