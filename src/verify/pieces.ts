import { type Cancel, throwIfCancelled } from '../base/abort.ts'
import { DownloadError } from '../base/errors.ts'
import { lengthOf } from '../model/byte-range.ts'
import type { DigestAlgorithm } from '../model/digest.ts'
import type { Piece } from '../model/piece-hashes.ts'
import { createHashers } from './hashers.ts'

/** Content that can be read back: how many bytes there were from `at` on is less than asked for at the end alone. */
export interface ReadableContent {
	read(at: number, into: Uint8Array): Promise<number>
}

/** As much is read and hashed at once: a millisecond in which nothing else of the process runs. */
const blockBytes = 1024 * 1024

/**
 * Reads pieces back and answers those whose bytes do not have their hash, in order.
 *
 * Rejects with E_IO where bytes are missing, and with the reason of `cancel`.
 */
export async function findWrongPieces(
	content: ReadableContent,
	algorithm: DigestAlgorithm,
	pieces: readonly Piece[],
	cancel: Cancel,
): Promise<readonly Piece[]> {
	const longest = pieces.reduce((bytes, { range }) => Math.max(bytes, lengthOf(range)), 0)
	const block = Buffer.allocUnsafe(Math.min(blockBytes, longest))
	const wrong: Piece[] = []
	for (const piece of pieces) {
		throwIfCancelled(cancel)
		if ((await hashOf(content, algorithm, piece, block, cancel)) !== piece.hash) wrong.push(piece)
	}
	return wrong
}

async function hashOf(
	content: ReadableContent,
	algorithm: DigestAlgorithm,
	{ range }: Piece,
	block: Uint8Array,
	cancel: Cancel,
): Promise<string | undefined> {
	const hashers = createHashers([algorithm])
	for (let at = range.start; at < range.end; ) {
		const into = block.subarray(0, range.end - at)
		const bytes = await content.read(at, into)
		if (bytes < into.length) throw new DownloadError('E_IO', `The content ends at ${at + bytes}, within a piece`)
		hashers.update(into)
		at += bytes
		throwIfCancelled(cancel)
	}
	return hashers.digests().get(algorithm)
}
