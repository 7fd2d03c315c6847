import type { DownloadSpec } from '../../src/engine/spec.ts'
import { Origin } from './origin.ts'
import type { Wish } from './scenario.ts'
import { sha256Of } from './truth.ts'

/** A download of one of the files, as the engine takes it. The caller may know the digest of some content. */
export function specFor(file: number, wish: Wish, known: Uint8Array | undefined): DownloadSpec {
	const url = Origin.urlOf(file)
	return {
		url,
		urlIdentity: { url: url.href, urlDigest: String(file).repeat(64) },
		asking: {
			headers: [],
			headersOrigin: url.origin,
			userAgent: 'simulation',
			connectTimeoutMs: 3000,
			stallTimeoutMs: 3000,
			maxRedirects: 5,
		},
		connections: wish.connections,
		maxConnections: 8,
		minSplitBytes: wish.minSplitBytes,
		retries: wish.retries,
		maxTimeMs: wish.maxTimeMs,
		maxBytes: wish.maxBytes,
		checksum:
			known === undefined
				? undefined
				: { algorithm: 'sha-256', value: sha256Of(known).toString('hex'), source: 'caller' },
	}
}
