import { createHash } from 'node:crypto'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import type { PieceHashes } from '../../src/model/piece-hashes.ts'
import { Origin } from './origin.ts'
import type { Wish } from './scenario.ts'
import { sha256Of } from './truth.ts'

/** A download of one of the files, as the engine takes it. The caller may know the digest of some content. */
export function specFor(file: number, wish: Wish, known: Uint8Array | undefined, mirrors: number): DownloadSpec {
	const url = Origin.urlOf(file)
	const asking = {
		headers: [],
		headersOrigin: url.origin,
		userAgent: 'simulation',
		connectTimeoutMs: 3000,
		stallTimeoutMs: 3000,
		maxRedirects: 5,
	}
	return {
		url,
		urlIdentity: { url: url.href, urlDigest: String(file).repeat(64) },
		asking,
		mirrors: Array.from({ length: mirrors }, (_, nth) => {
			const mirror = Origin.mirrorUrlOf(file, nth)
			return { url: mirror, asking: { ...asking, headersOrigin: mirror.origin } }
		}),
		renew: undefined,
		connections: wish.connections,
		maxConnections: 8,
		minSplitBytes: wish.minSplitBytes,
		retries: wish.retries,
		maxTimeMs: wish.maxTimeMs,
		maxBytes: wish.maxBytes,
		bytes: undefined,
		pieces: known === undefined || wish.pieceBytes === undefined ? undefined : piecesOf(known, wish.pieceBytes),
		checksum:
			known === undefined
				? undefined
				: { algorithm: 'sha-256', value: sha256Of(known).toString('hex'), source: 'caller' },
	}
}

function piecesOf(content: Uint8Array, pieceBytes: number): PieceHashes {
	const hashes = Array.from({ length: Math.ceil(content.length / pieceBytes) }, (_, nth) => {
		const piece = content.subarray(nth * pieceBytes, (nth + 1) * pieceBytes)
		return createHash('md5').update(piece).digest('hex')
	})
	return { algorithm: 'md5', pieceBytes, hashes }
}
