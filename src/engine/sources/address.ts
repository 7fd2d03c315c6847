import type { Asking } from '../../source/asking.ts'
import type { DownloadSpec } from '../spec.ts'

/** Where a source is, and how it is asked. */
export interface Address {
	/** 0 is the URL of the download, the others are mirrors in the order given. */
	readonly index: number
	readonly url: URL
	readonly asking: Asking
	/** Finds another address in place of one that has expired; undefined goes by way of `url` again. */
	readonly renew: ((expired: URL) => Promise<URL>) | undefined
}

/** All sources of a download, the URL that names it first. */
export function addressesOf({ url, asking, renew, mirrors }: DownloadSpec): readonly Address[] {
	return [{ url, asking, renew }, ...mirrors.map(mirror => ({ ...mirror, renew: undefined }))].map(
		(address, index) => ({ index, ...address }),
	)
}
