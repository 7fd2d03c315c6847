import type { ByteRange } from './byte-range.ts'
import type { DigestAlgorithm } from './digest.ts'

/**
 * Digests of a file's pieces: where the digest of the whole says that bytes are wrong, these say which.
 *
 * All pieces are of one length, but for the last, which may be shorter.
 */
export interface PieceHashes {
	readonly algorithm: DigestAlgorithm
	readonly pieceBytes: number
	/** Lower-case hex, in the order of the pieces. */
	readonly hashes: readonly string[]
}

export interface Piece {
	readonly range: ByteRange
	readonly hash: string
}

/** Whether there is a hash for every byte of a file that long, and none too many. */
export function coverFile({ pieceBytes, hashes }: PieceHashes, bytes: number): boolean {
	return hashes.length === Math.ceil(bytes / pieceBytes)
}

/** The pieces of a file that long, in order: each with its range and its hash. */
export function piecesOf({ pieceBytes, hashes }: PieceHashes, bytes: number): readonly Piece[] {
	return hashes.map((hash, index) => {
		const start = index * pieceBytes
		return { hash, range: { start, end: Math.min(start + pieceBytes, bytes) } }
	})
}

/**
 * Whether wrong bytes look like damage, which asking for them once more may mend. Where no piece of several is right, the
 * hashes are of another file.
 */
export function looksLikeDamage(pieces: PieceHashes, wrong: readonly Piece[]): boolean {
	return wrong.length > 0 && (wrong.length < pieces.hashes.length || pieces.hashes.length === 1)
}
