import { redactUrl } from '../base/redact.ts'
import type { DownloadSpec, Mirror } from '../engine/spec.ts'
import { algorithmNamed, type Digest, hexOfDigest, parseChecksum } from '../model/digest.ts'
import type { PieceHashes } from '../model/piece-hashes.ts'
import { type Asking, isFixedField } from '../source/asking.ts'
import { duration, invalidOption, optionalNumber, wholeNumber } from './checked.ts'
import { type DownloadUrl, readUrl } from './download-url.ts'
import type { DownloadOptions } from './options.ts'
import { version } from './version.ts'

/** What was asked for, checked and complete: nothing beyond this sees a raw option. Throws E_USAGE. */
export function resolveOptions(
	target: DownloadUrl,
	options: DownloadOptions,
	mirrors: readonly DownloadUrl[] = [],
): DownloadSpec {
	checkShape(options)
	const { checksum, connections = 'auto' } = options
	return {
		url: target.url,
		urlIdentity: target.identity,
		asking: resolveAsking(target, options),
		mirrors: mirrorsOf(target, mirrors, options),
		renew: renewalBy(options.refresh),
		connections: connections === 'auto' ? 'auto' : wholeNumber('connections', connections, 1, 1),
		maxConnections: wholeNumber('maxConnections', options.maxConnections, 1, 32),
		minSplitBytes: optionalNumber('minSplitBytes', options.minSplitBytes, 1),
		retries: wholeNumber('retries', options.retries, 0, 8),
		maxTimeMs: duration('maxTimeMs', options.maxTimeMs),
		maxBytes: optionalNumber('maxBytes', options.maxBytes, 0),
		checksum: checksum === undefined ? undefined : checkedDigest(checksum),
		bytes: optionalNumber('bytes', options.bytes, 0),
		pieces: options.pieces === undefined ? undefined : checkedPieces(options.pieces),
	}
}

/** Each address once. What the user gave for the URL's origin is for no other. */
function mirrorsOf(target: DownloadUrl, given: readonly DownloadUrl[], options: DownloadOptions): readonly Mirror[] {
	const known = new Map(given.map(mirror => [mirror.url.href, mirror]))
	known.delete(target.url.href)
	return [...known.values()].map(mirror => {
		const { headers: _, ...others } = options
		const own = mirror.url.origin === target.url.origin ? options : others
		return { url: mirror.url, asking: resolveAsking(mirror, own) }
	})
}

function renewalBy(refresh: DownloadOptions['refresh']): DownloadSpec['renew'] {
	if (refresh === undefined) return undefined
	return async expired => {
		const { url, authorization } = readUrl(await refresh(new URL(expired)))
		if (authorization !== undefined)
			throw invalidOption('refresh', 'a function for a URL without user info', redactUrl(url))
		return url
	}
}

function checkedDigest(checksum: string | Digest): Digest {
	if (typeof checksum === 'string') return parseChecksum(checksum)
	const { algorithm, value, source } = checksum
	return { ...parseChecksum(`${algorithm}=${value}`), source: source === 'metalink' ? source : 'caller' }
}

function checkedPieces({ algorithm, pieceBytes, hashes }: PieceHashes): PieceHashes {
	const known = algorithmNamed(String(algorithm))
	if (known === undefined) throw invalidOption('pieces.algorithm', 'one that skein can compute', algorithm)
	if (!Array.isArray(hashes)) throw invalidOption('pieces.hashes', 'a list of hex digests', hashes)
	return {
		algorithm: known,
		pieceBytes: wholeNumber('pieces.pieceBytes', pieceBytes, 1, 1),
		hashes: hashes.map(hash => hexOfDigest(known, String(hash)) ?? notHex(known, hash)),
	}
}

function notHex(algorithm: string, hash: unknown): never {
	throw invalidOption('pieces.hashes', `the hex digests of ${algorithm}`, hash)
}

/** The part of the options that says how requests are made. Throws E_USAGE. */
export function resolveAsking(
	{ url, authorization }: DownloadUrl,
	options: Pick<DownloadOptions, 'headers' | 'userAgent' | 'connectTimeoutMs' | 'stallTimeoutMs' | 'maxRedirects'>,
): Asking {
	return {
		headers: headersOf(options.headers ?? {}, authorization),
		headersOrigin: url.origin,
		userAgent: options.userAgent ?? `skein/${version}`,
		connectTimeoutMs: duration('connectTimeoutMs', options.connectTimeoutMs) ?? 15_000,
		stallTimeoutMs: duration('stallTimeoutMs', options.stallTimeoutMs) ?? 15_000,
		maxRedirects: wholeNumber('maxRedirects', options.maxRedirects, 0, 20),
	}
}

function headersOf(headers: Readonly<Record<string, string>>, authorization: string | undefined): [string, string][] {
	const given = Object.entries(headers)
	for (const [name] of given)
		if (isFixedField(name)) throw invalidOption('headers', `without ${name}, which skein sets itself`, name)
	const hasOwn = given.some(([name]) => name.toLowerCase() === 'authorization')
	return authorization === undefined || hasOwn ? given : [...given, ['Authorization', authorization]]
}

/** Every option there is; the compiler keeps it complete. */
const known: Readonly<Record<keyof DownloadOptions, true>> = {
	to: true,
	signal: true,
	connections: true,
	maxConnections: true,
	minSplitBytes: true,
	checksum: true,
	bytes: true,
	pieces: true,
	retries: true,
	connectTimeoutMs: true,
	stallTimeoutMs: true,
	maxTimeMs: true,
	maxRedirects: true,
	maxBytes: true,
	ifExists: true,
	fresh: true,
	sync: true,
	refresh: true,
	headers: true,
	userAgent: true,
}

/** What types do not stop in a program without them: an option that is misspelled would be ignored, and found out too late. */
function checkShape(options: DownloadOptions): void {
	if (typeof options !== 'object' || options === null) throw invalidOption('options', 'an object', options)
	for (const name of Object.keys(options)) {
		if (!Object.hasOwn(known, name)) throw invalidOption('options', 'without unknown names', name)
	}
	const { to, signal, refresh } = options
	if (to !== undefined && typeof to !== 'string' && typeof to?.write !== 'function') {
		throw invalidOption('to', 'a path or a writable stream', to)
	}
	if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
		throw invalidOption('signal', 'an AbortSignal', signal)
	}
	if (refresh !== undefined && typeof refresh !== 'function') throw invalidOption('refresh', 'a function', refresh)
}
