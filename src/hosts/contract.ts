import type { HostHints } from '../model/host-lesson.ts'

/**
 * What earlier runs have learned of hosts.
 *
 * Nothing depends on it: no call throws or rejects, whatever has become of the disk, and none makes a download wait for long.
 * Hosts are `host` or `host:port`, as in `URL.host`.
 */
export interface HostMemory {
	/** Resolves when what is kept has been read, or could not be, or took too long. */
	loaded(): Promise<void>
	/** What is known of a host at this moment; nothing until what is kept has been read. */
	recall(host: string): HostHints
	/** Takes note of what a download has learned, and keeps it. */
	learn(host: string, learned: Learned): void
	/** Resolves when what was learned is kept, or could not be, or took too long. */
	settled(): Promise<void>
}

export interface Learned {
	/** Connections that the host takes; undefined where it refused none. */
	readonly cap: number | undefined
	/** Connections that were found to pay; undefined where that was not found out. */
	readonly paid: number | undefined
}
