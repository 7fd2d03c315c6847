import { rangeField } from '../model/content-range.ts'
import type { Identity } from '../model/validator.ts'
import { ifRangeField } from '../model/validator.ts'
import type { Request } from '../transport/contract.ts'

/** How the user wants requests to be made; the same for every request of a download. */
export interface Asking {
	/** Names the user gave; they go to the origin of the URL that the user named, and to no other. */
	readonly headers: readonly (readonly [name: string, value: string])[]
	readonly headersOrigin: string
	readonly userAgent: string
	readonly connectTimeoutMs: number
	readonly stallTimeoutMs: number
	readonly maxRedirects: number
}

/** Which bytes one request asks for. */
export interface Wanted {
	readonly start: number
	/** To the end of the file where undefined. */
	readonly end?: number | undefined
	/** The version that the bytes must be of: sent as If-Range where that is allowed. */
	readonly ifRange?: Identity | undefined
}

/**
 * The request for `url`. Without `wanted` it asks for the whole, unranged.
 *
 * `Accept-Encoding: identity` always: ranges are of the coded bytes (RFC 9110 §14.1.2), and some caches ignore Range
 * where any coding is welcome.
 */
export function requestFor(url: URL, wanted: Wanted | undefined, asking: Asking): Request {
	const own: [string, string][] = [
		['User-Agent', asking.userAgent],
		['Accept', '*/*'],
		['Accept-Encoding', 'identity'],
	]
	if (wanted !== undefined) own.push(['Range', rangeField(wanted.start, wanted.end)])
	const ifRange = wanted?.ifRange === undefined ? undefined : ifRangeField(wanted.ifRange)
	if (ifRange !== undefined) own.push(['If-Range', ifRange])
	const given = url.origin === asking.headersOrigin ? asking.headers : []
	const overridden = new Set(given.map(([name]) => name.toLowerCase()).filter(name => !fixedFields.has(name)))
	return {
		url,
		headers: [
			...own.filter(([name]) => !overridden.has(name.toLowerCase())),
			...given.filter(([name]) => !fixedFields.has(name.toLowerCase())),
		],
		connectTimeoutMs: asking.connectTimeoutMs,
		stallTimeoutMs: asking.stallTimeoutMs,
	}
}

/** The fields on which the right bytes depend, and those of the connection: never the user's. */
const fixedFields: ReadonlySet<string> = new Set([
	'accept-encoding',
	'range',
	'if-range',
	'host',
	'connection',
	'content-length',
	'transfer-encoding',
	'te',
	'upgrade',
	'expect',
])

/** Whether a header of this name is skein's own to send. */
export const isFixedField = (name: string): boolean => fixedFields.has(name.toLowerCase())
