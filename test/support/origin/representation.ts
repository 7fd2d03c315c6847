import { sha256 } from '../body.ts'

/** One version of a resource: its bytes and what names them. */
export interface Representation {
	readonly body: Uint8Array
	/** With quotes, and `W/` where it is weak. Default: strong, made from the body. Null: none. */
	readonly etag?: string | null
	/** Default: a day in 2022. Null: none. */
	readonly lastModified?: string | null
	/** Further fields of every 200 and 206, a digest for example. */
	readonly headers?: Readonly<Record<string, string>>
}

/** A body by itself stands for a representation with the usual validators. */
export type Content = Uint8Array | Representation

/** A representation with nothing left open. */
export interface Named {
	readonly body: Buffer
	readonly etag: string | undefined
	readonly lastModified: string | undefined
	readonly headers: Readonly<Record<string, string>>
}

const known = new WeakMap<Content, Named>()

/** What a content is called; computed once for each object. */
export function nameOf(content: Content): Named {
	const named = known.get(content) ?? makeName(content instanceof Uint8Array ? { body: content } : content)
	known.set(content, named)
	return named
}

function makeName({ body, etag, lastModified, headers = {} }: Representation): Named {
	return {
		body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
		etag: etag === undefined ? `"${sha256(body).slice(0, 16)}"` : (etag ?? undefined),
		lastModified: lastModified === undefined ? 'Tue, 01 Feb 2022 10:00:00 GMT' : (lastModified ?? undefined),
		headers,
	}
}
