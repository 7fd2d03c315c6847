import type { DownloadSpec } from '../../src/engine/spec.ts'

export const fileUrl: URL = new URL('http://origin.test/file.bin')

/** One file by one connection, and nothing else asked for. */
export const plainSpec: DownloadSpec = {
	url: fileUrl,
	urlIdentity: { url: fileUrl.href, urlDigest: 'd'.repeat(64) },
	asking: {
		headers: [],
		headersOrigin: fileUrl.origin,
		userAgent: 'test',
		connectTimeoutMs: 15_000,
		stallTimeoutMs: 15_000,
		maxRedirects: 20,
	},
	mirrors: [],
	renew: undefined,
	connections: 1,
	maxConnections: 32,
	minSplitBytes: undefined,
	retries: 8,
	maxTimeMs: undefined,
	maxBytes: undefined,
	checksum: undefined,
	bytes: undefined,
	pieces: undefined,
}
