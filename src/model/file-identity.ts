/** Names a file for good. Inodes are reused at once after a deletion, birth times are not. All in decimal. */
export interface FileIdentity {
	readonly device: string
	readonly inode: string
	/** 0 where the file system knows no birth times. */
	readonly birthNs: string
}

/**
 * Whether both name one file. The device counts only where a file system knows no birth time: btrfs, NFS and overlays get
 * another number with every mount.
 */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
	if (a.inode !== b.inode || a.birthNs !== b.birthNs) return false
	return a.birthNs !== '0' || a.device === b.device
}
