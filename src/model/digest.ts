/** The algorithms that skein can compute, strongest first. */
export const digestAlgorithms = ['sha-512', 'sha-384', 'sha-256', 'sha-1', 'md5', 'crc32c', 'crc32'] as const

export type DigestAlgorithm = (typeof digestAlgorithms)[number]

/** A digest of the whole representation and where it came from. `value` is lower-case hex. */
export interface Digest {
	readonly algorithm: DigestAlgorithm
	readonly value: string
	readonly source: DigestSource
}

export type DigestSource =
	| 'caller'
	| 'repr-digest'
	| 'content-digest'
	| 'digest'
	| 'content-md5'
	| 'x-goog-hash'
	| 'x-amz-checksum'
