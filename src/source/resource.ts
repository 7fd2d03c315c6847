import type { Digest } from '../model/digest.ts'
import { digestsFromFields } from '../model/digest-fields.ts'
import { type MetalinkLinks, metalinkLinks } from '../model/metalink-links.ts'
import { type Identity, identityFrom, strongValidator } from '../model/validator.ts'

/** What a URL names, as its first answer told it. */
export interface Resource {
	/** Where the bytes are: the address after all redirects. */
	readonly url: URL
	/** The addresses that led there. */
	readonly hops: readonly URL[]
	/** Undefined where the server did not say. */
	readonly bytes: number | undefined
	/** Whether the answer was a part: nothing else proves that ranges work. */
	readonly ranges: boolean
	readonly identity: Identity
	/** What names the version, for people and events. */
	readonly validator: 'etag' | 'last-modified' | 'none'
	/** Content-Disposition as received. */
	readonly disposition: string | undefined
	readonly contentType: string | undefined
	readonly digests: readonly Digest[]
	/** Other addresses of the file, as this server named them. */
	readonly links: MetalinkLinks
}

export function resourceFrom(
	place: { readonly url: URL; readonly hops: readonly URL[] },
	fields: ReadonlyMap<string, string>,
	size: { readonly bytes: number | undefined; readonly ranges: boolean; readonly wholeInOneResponse: boolean },
): Resource {
	const identity = identityFrom(fields)
	const digests = digestsFromFields({ fields, wholeInOneResponse: size.wholeInOneResponse })
	return {
		url: place.url,
		hops: place.hops,
		bytes: size.bytes,
		ranges: size.ranges,
		identity,
		validator: strongValidator(identity)?.kind ?? 'none',
		disposition: fields.get('content-disposition'),
		contentType: fields.get('content-type'),
		digests,
		links: metalinkLinks(fields, place.url, digests),
	}
}
