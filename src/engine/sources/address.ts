import type { Asking } from '../../source/asking.ts'
import type { Resource } from '../../source/resource.ts'
import type { DownloadSpec } from '../spec.ts'

/** Where a source is, and how it is asked. */
export interface Address {
	/** 0 is the URL of the download, the others are mirrors in the order given. */
	readonly index: number
	readonly url: URL
	readonly asking: Asking
	/** Finds another address in place of one that has expired; undefined goes by way of `url` again. */
	readonly renew: ((expired: URL) => Promise<URL>) | undefined
	/** The server of the URL itself named it, beside a digest of the file: that one is of this address's bytes too. */
	readonly linked: boolean
}

/** All sources of a download, the URL that names it first. */
export function addressesOf({ url, asking, renew, mirrors }: DownloadSpec): readonly Address[] {
	return [{ url, asking, renew }, ...mirrors.map(mirror => ({ ...mirror, renew: undefined }))].map(
		(address, index) => ({ index, linked: false, ...address }),
	)
}

/**
 * Those, and the mirrors that the server of the URL itself named (RFC 6249 §2; what a mirror names could lead in circles).
 * Strangers get none of the caller's headers.
 */
export function addressesOfBegun(
	spec: DownloadSpec,
	{ address, resource }: { readonly address: Address; readonly resource: Resource },
): readonly Address[] {
	const named = addressesOf(spec)
	if (address.index !== 0) return named
	const known = new Set(named.map(({ url }) => url.href))
	const linked = resource.links.mirrors.filter(({ url }) => !known.has(url.href))
	return [
		...named,
		...linked.map(({ url }, at) => ({
			index: named.length + at,
			url,
			asking: { ...spec.asking, headers: [], headersOrigin: url.origin },
			renew: undefined,
			linked: true,
		})),
	]
}
