import { DownloadError } from '../base/errors.ts'
import { redactAddress } from '../base/redact.ts'
import { bytesFromBase64 } from './byte-string.ts'

/** The algorithms that skein can compute, strongest first. */
export const digestAlgorithms = ['sha-512', 'sha-384', 'sha-256', 'sha-1', 'md5', 'crc32c', 'crc32'] as const

export type DigestAlgorithm = (typeof digestAlgorithms)[number]

/** A digest of the whole representation and where it came from. `value` is lower-case hex. */
export interface Digest {
	readonly algorithm: DigestAlgorithm
	readonly value: string
	readonly source: DigestSource
}

/** What a digest says, whoever said it. */
export type DigestValue = Pick<Digest, 'algorithm' | 'value'>

export type DigestSource =
	| 'caller'
	| 'metalink'
	| 'repr-digest'
	| 'content-digest'
	| 'digest'
	| 'content-md5'
	| 'x-goog-hash'
	| 'x-amz-checksum'

const digestBytes: Readonly<Record<DigestAlgorithm, number>> = {
	'sha-512': 64,
	'sha-384': 48,
	'sha-256': 32,
	'sha-1': 20,
	md5: 16,
	crc32c: 4,
	crc32: 4,
}

/**
 * Reads what a user gives as a checksum: `sha-256=HEX`, or `sha256-BASE64` as in Subresource Integrity.
 * Throws E_USAGE where it is neither.
 */
export function parseChecksum(text: string): Digest {
	const [, name = '', separator, encoded = ''] = /^((?:sha-?|md|crc)\d+c?)([=-])(.*)$/i.exec(text.trim()) ?? []
	const algorithm = algorithmNamed(name)
	if (algorithm === undefined) throw invalidChecksum(`ALGORITHM=HEX with one of ${digestAlgorithms.join(', ')}`, text)
	const value = separator === '=' ? hexOfDigest(algorithm, encoded) : hexOfBase64Digest(algorithm, encoded)
	if (value === undefined) throw invalidChecksum(wantedAfter(algorithm, `${name}${separator}`), text)
	return { algorithm, value, source: 'caller' }
}

/** Whether both say the same about the same bytes, whoever said it. */
export function sameDigest(a: DigestValue, b: DigestValue): boolean {
	return a.algorithm === b.algorithm && a.value === b.value
}

/** Whether one of them says something else about the same bytes than one of the others. */
export function contradict(some: readonly DigestValue[], others: readonly DigestValue[]): boolean {
	return some.some(a => others.some(b => a.algorithm === b.algorithm && a.value !== b.value))
}

/** Whether it came with the wish for the file and not with its bytes. */
export function isCallers(source: DigestSource): boolean {
	return source === 'caller' || source === 'metalink'
}

/**
 * The digests that are worth checking: each that the caller gave, and the strongest of those that the server sent.
 * Where two fields of equal strength contradict each other, the earlier one counts.
 */
export function strongestOf(digests: readonly Digest[]): readonly Digest[] {
	const callers = digests.filter(({ source }) => isCallers(source))
	const servers = digests.filter(({ source }) => !isCallers(source))
	const algorithm = digestAlgorithms.find(name => servers.some(digest => digest.algorithm === name))
	const strongest = servers.find(digest => digest.algorithm === algorithm)
	if (strongest === undefined || callers.some(digest => sameDigest(digest, strongest))) return callers
	return [...callers, strongest]
}

/** The algorithm by any of its usual names: `SHA256`, `sha-256`, `md5`; undefined where skein cannot compute it. */
export function algorithmNamed(name: string): DigestAlgorithm | undefined {
	const spelled = name.toLowerCase().replace(/^sha(?=\d)/, 'sha-')
	return digestAlgorithms.find(algorithm => algorithm === spelled)
}

/** Lower-case hex of a digest written in hex; undefined where it is none of that algorithm's length. */
export function hexOfDigest(algorithm: DigestAlgorithm, hex: string): string | undefined {
	return hex.length === 2 * digestBytes[algorithm] && /^[0-9a-f]+$/i.test(hex) ? hex.toLowerCase() : undefined
}

/** Lower-case hex of a digest written in base64; undefined where it is none of that algorithm's length. */
export function hexOfBase64Digest(algorithm: DigestAlgorithm, base64: string): string | undefined {
	// Longer than any digest: not worth decoding.
	const bytes = base64.length > 128 ? undefined : bytesFromBase64(base64)
	if (bytes?.length !== digestBytes[algorithm]) return undefined
	return Array.from(bytes, byte => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

function wantedAfter(algorithm: DigestAlgorithm, prefix: string): string {
	const bytes = digestBytes[algorithm]
	return prefix.endsWith('=') ? `${prefix} and ${2 * bytes} hex digits` : `${prefix} and the base64 of ${bytes} bytes`
}

function invalidChecksum(wanted: string, got: string): DownloadError {
	return new DownloadError(
		'E_USAGE',
		`Expected \`checksum\` to be ${wanted}, got \`${redactAddress(got).slice(0, 200)}\``,
	)
}
