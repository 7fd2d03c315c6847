import type { Disk } from './contract.ts'

/**
 * Linux's file systems, by their magic numbers of statfs(2). None that may wait for a network: to `LocalFolders` all of them
 * are local.
 */
export const fileSystems = {
	/** ext2, ext3 and ext4. */
	ext: 0xef53,
	xfs: 0x58465342,
	btrfs: 0x9123683e,
	bcachefs: 0xca451a4e,
	zfs: 0x2fc12fc1,
	f2fs: 0xf2f52010,
	tmpfs: 0x01021994,
	ramfs: 0x858458f6,
	/** What containers have. */
	overlayfs: 0x794c7630,
} as const

/** The number of the file system at `path`, one of `fileSystems` or another; undefined where it does not tell. */
export async function fileSystemAt(disk: Pick<Disk, 'space'>, path: string): Promise<number | undefined> {
	return await disk.space(path).then(
		({ fileSystem }) => fileSystem,
		() => undefined,
	)
}
