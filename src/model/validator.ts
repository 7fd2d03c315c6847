import { parseHttpDate } from './http-date.ts'

/** What names one version of a resource (RFC 9110 §8.8), as the response that delivered it said. */
export interface Identity {
	/** The ETag as received, quotes and `W/` included. */
	readonly etag: string | undefined
	/** The Last-Modified as received: it is compared byte for byte, never as a date. */
	readonly lastModified: string | undefined
	/** The Date of the same response; decides whether Last-Modified is strong. */
	readonly date: string | undefined
}

export type StrongValidator = { readonly kind: 'etag' | 'last-modified'; readonly value: string }

/** RFC 9110 §8.8.2.2 asks for a second between Last-Modified and Date, RFC 7232 asked for sixty; sixty satisfies both. */
const lastModifiedIsStrongAfterMs = 60_000

export function identityFrom(fields: ReadonlyMap<string, string>): Identity {
	return { etag: fields.get('etag'), lastModified: fields.get('last-modified'), date: fields.get('date') }
}

/**
 * The validator that two responses must share before their bytes may be combined; undefined where none is strong.
 *
 * With a weak ETag beside it, a strong Last-Modified still is one (RFC 9110 §8.8.2.2): only If-Range is forbidden then.
 */
export function strongValidator(identity: Identity): StrongValidator | undefined {
	if (isStrongEtag(identity.etag)) return { kind: 'etag', value: identity.etag }
	if (isStrongLastModified(identity)) return { kind: 'last-modified', value: identity.lastModified }
	return undefined
}

/** The If-Range value for this version: never a weak ETag, a date only where there is no ETag at all. RFC 9110 §13.1.5. */
export function ifRangeField(identity: Identity): string | undefined {
	if (isStrongEtag(identity.etag)) return identity.etag
	return identity.etag === undefined && isStrongLastModified(identity) ? identity.lastModified : undefined
}

function isStrongEtag(etag: string | undefined): etag is string {
	// RFC 9110 §8.8.3: a weak one begins with W/; `etagc` is any visible character but the quote, and obs-text.
	return etag !== undefined && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(etag)
}

function isStrongLastModified(identity: Identity): identity is Identity & { readonly lastModified: string } {
	if (identity.lastModified === undefined || identity.date === undefined) return false
	const sentMs = parseHttpDate(identity.date)
	const modifiedMs = parseHttpDate(identity.lastModified, sentMs)
	return sentMs !== undefined && modifiedMs !== undefined && sentMs - modifiedMs >= lastModifiedIsStrongAfterMs
}
