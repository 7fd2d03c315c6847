import type { DownloadSpec } from '../engine/spec.ts'
import { parseChecksum } from '../model/digest.ts'
import { type Asking, isFixedField } from '../source/asking.ts'
import { duration, invalidOption, optionalNumber, wholeNumber } from './checked.ts'
import type { DownloadUrl } from './download-url.ts'
import type { DownloadOptions } from './options.ts'
import { version } from './version.ts'

/** What was asked for, checked and complete: nothing beyond this sees a raw option. Throws E_USAGE. */
export function resolveOptions(target: DownloadUrl, options: DownloadOptions): DownloadSpec {
	const { checksum, connections = 'auto' } = options
	return {
		url: target.url,
		urlIdentity: target.identity,
		asking: resolveAsking(target, options),
		connections: connections === 'auto' ? 'auto' : wholeNumber('connections', connections, 1, 1),
		maxConnections: wholeNumber('maxConnections', options.maxConnections, 1, 32),
		minSplitBytes: optionalNumber('minSplitBytes', options.minSplitBytes, 1),
		retries: wholeNumber('retries', options.retries, 0, 8),
		maxTimeMs: duration('maxTimeMs', options.maxTimeMs),
		maxBytes: optionalNumber('maxBytes', options.maxBytes, 0),
		checksum: checksum === undefined ? undefined : parseChecksum(checksum),
	}
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
