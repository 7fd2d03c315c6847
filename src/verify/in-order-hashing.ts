import { DownloadError } from '../base/errors.ts'
import type { DigestAlgorithm } from '../model/digest.ts'
import type { Hashing } from './contract.ts'
import { createHashers } from './hashers.ts'

/** Hashing for content that cannot be read again: whoever writes it feeds it here, in order. */
export interface InOrderHashing extends Hashing {
	/** The next bytes of the content; they are the caller's again when it returns. */
	feed(bytes: Uint8Array): void
}

export function createInOrderHashing(algorithms: readonly DigestAlgorithm[]): InOrderHashing {
	const hashers = createHashers(algorithms)
	let hashed = 0
	let closed = false
	return {
		feed: bytes => {
			hashers.update(bytes)
			hashed += bytes.length
		},
		advance: () => {},
		finish: async bytes => {
			if (closed) throw new DownloadError('E_ABORTED', 'The content is no longer being hashed')
			if (hashed === bytes) return hashers.digests()
			throw new DownloadError('E_IO', `${hashed} bytes were written where ${bytes} were expected`)
		},
		close: async () => {
			closed = true
		},
	}
}
