import type { DigestAlgorithm } from '../model/digest.ts'

/** Hashes a file while it grows. Its promises are checked by `test/contract/hashing.ts`. */
export interface Hashing {
	/** Bytes [0, front) are in the sink and will not change; nothing beyond is read. May be called often; never goes back. */
	advance(front: number): void
	/**
	 * The digests of bytes [0, bytes) as lower-case hex, one for each algorithm that was asked for. Called once.
	 * Rejects with E_IO when the bytes cannot be read, with E_ABORTED when it was closed meanwhile.
	 */
	finish(bytes: number): Promise<ReadonlyMap<DigestAlgorithm, string>>
	/** Gives up and waits until nothing reads any more. Idempotent; to be called after `finish` too. */
	close(): Promise<void>
}
