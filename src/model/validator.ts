/** What names one version of a resource (RFC 9110 §8.8), as the response that delivered it said. */
export interface Identity {
	/** The ETag as received, quotes and `W/` included. */
	readonly etag: string | undefined
	/** The Last-Modified as received: it is compared byte for byte, never as a date. */
	readonly lastModified: string | undefined
	/** The Date of the same response; decides whether Last-Modified is strong. */
	readonly date: string | undefined
}
