import type { ErrorCode } from '../../../src/base/errors.ts'
import { parseContentRange } from '../../../src/model/content-range.ts'
import type { Request } from '../../../src/transport/contract.ts'

/** One version of the file. */
export interface Version {
	readonly body: Uint8Array
	readonly etag?: string | undefined
	readonly lastModified?: string | undefined
	/** Further fields of every answer with this version. */
	readonly fields?: Readonly<Record<string, string>>
}

/** A request as the server sees it. */
export interface Asked {
	readonly url: URL
	/** Counts requests from 1. */
	readonly nth: number
	readonly atMs: number
	/** Half-open; `end` is undefined where it was left open. Undefined without Range. */
	readonly range: { readonly start: number; readonly end: number | undefined } | undefined
	readonly ifRange: string | undefined
	readonly headers: ReadonlyMap<string, string>
	/** The connection it came by, counted from 1, and whether it had served before. */
	readonly connection: number
	readonly reused: boolean
	/** Connections that are served at this moment, this one included. */
	readonly busy: number
}

/** An answer down to the framing: a script changes what it likes of the right one. */
export interface Reply {
	/** The connection fails in place of an answer. */
	readonly fails?: ErrorCode
	/** From the request to the head; `Infinity` never answers. */
	readonly headAfterMs: number
	readonly status: number
	/** Without Content-Length. */
	readonly fields: Readonly<Record<string, string>>
	readonly framing: 'length' | 'chunked' | 'close'
	readonly body: Uint8Array
	/** What Content-Length says, where that is not the length of the body. */
	readonly contentLength?: number
	readonly bytesPerSecond: number
	/** In place of that, what it is at a moment, or after so many bytes of the body. */
	readonly rateAt?: (nowMs: number, bytes: number) => number
	/** After so many bytes of the body it comes twenty times slower, though not below 10 kB/s. */
	readonly slowsAt?: number
	/** After so many bytes of the body nothing comes any more. */
	readonly stallsAt?: number
	/** After so many bytes of the body the connection is cut. */
	readonly cutAt?: number
	/** How that shows: as a failed connection (RST), or as the end of a body that is not over (FIN). @default E_NETWORK */
	readonly cutBy?: 'E_NETWORK' | 'E_TRUNCATED'
}

export type Script = (asked: Asked, right: Reply) => Reply

export interface ServerOptions {
	readonly version: Version
	/** @default every answer is right */
	readonly script?: Script
	/** False knows no ranges. @default true */
	readonly ranges?: boolean
	/** Of one connection. @default 1_000_000 */
	readonly bytesPerSecond?: number
	/** @default 10 */
	readonly headAfterMs?: number
}

/** Owns the truth and answers by the rules of RFC 9110, unless its script says otherwise. */
export class ScriptedServer {
	version: Version
	script: Script
	ranges: boolean
	/** Every request, in order. */
	readonly asked: Asked[] = []
	readonly #bytesPerSecond: number
	readonly #headAfterMs: number

	constructor(options: ServerOptions) {
		this.version = options.version
		this.script = options.script ?? ((_asked, right) => right)
		this.ranges = options.ranges ?? true
		this.#bytesPerSecond = options.bytesPerSecond ?? 1_000_000
		this.#headAfterMs = options.headAfterMs ?? 10
	}

	answer(request: Request, seen: Seen): Reply {
		const asked = askedBy(request, seen, this.asked.length + 1)
		this.asked.push(asked)
		return this.script(asked, this.rightReply(asked))
	}

	/** The right answer by the version of this moment, which a script may have changed. */
	rightReply(asked: Asked): Reply {
		const manner = { ranges: this.ranges, headAfterMs: this.#headAfterMs, bytesPerSecond: this.#bytesPerSecond }
		return rightReply(this.version, asked, manner)
	}
}

/** How a server answers that does no wrong. */
export interface Manner {
	readonly ranges: boolean
	readonly headAfterMs: number
	readonly bytesPerSecond: number
}

/** The answer that RFC 9110 wants. */
export function rightReply(version: Version, { range, ifRange }: Asked, manner: Manner): Reply {
	const { body, etag, lastModified } = version
	if (range === undefined || !manner.ranges) return replyWith(version, manner, 200, body)
	if (ifRange !== undefined && ifRange !== etag && ifRange !== lastModified)
		return replyWith(version, manner, 200, body)
	if (range.start >= body.length)
		return replyWith(version, manner, 416, noBody, { 'content-range': `bytes */${body.length}` })
	const end = Math.min(range.end ?? body.length, body.length)
	const field = `bytes ${range.start}-${end - 1}/${body.length}`
	return replyWith(version, manner, 206, body.subarray(range.start, end), { 'content-range': field })
}

function replyWith(
	{ etag, lastModified, fields }: Version,
	{ headAfterMs, bytesPerSecond }: Manner,
	status: number,
	body: Uint8Array,
	more: Readonly<Record<string, string>> = {},
): Reply {
	return {
		headAfterMs,
		status,
		fields: {
			date: 'Thu, 01 Jan 2026 00:00:00 GMT',
			...(etag === undefined ? {} : { etag }),
			...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
			...fields,
			...more,
		},
		framing: 'length',
		body,
		bytesPerSecond,
	}
}

/** What a server knows of a request beside the request. */
export type Seen = Pick<Asked, 'atMs' | 'connection' | 'reused' | 'busy'>

export function askedBy(request: Request, seen: Seen, nth: number): Asked {
	const headers = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
	return {
		...seen,
		url: request.url,
		nth,
		range: rangeOf(headers.get('range')),
		ifRange: headers.get('if-range'),
		headers,
	}
}

/** An answer that is not the file. */
export function statusReply(right: Reply, status: number, fields: Readonly<Record<string, string>> = {}): Reply {
	return { ...right, status, fields, framing: 'length', body: noBody }
}

/** The whole file in place of the part that was asked for. */
export function wholeReply(right: Reply, { body }: Version): Reply {
	const { 'content-range': _, ...fields } = right.fields
	return { ...right, status: 200, fields, body }
}

/** Another part than the one that was asked for, honestly labelled. */
export function partReply(right: Reply, { body }: Version, start: number, end: number): Reply {
	const fields = { ...right.fields, 'content-range': `bytes ${start}-${end - 1}/${body.length}` }
	return { ...right, status: 206, fields, body: body.subarray(start, end) }
}

/** What part of the file a right answer holds. */
export function partOf({ fields }: Reply): { start: number; end: number } | undefined {
	return parseContentRange(fields['content-range'])?.range
}

const noBody = new Uint8Array(0)

function rangeOf(field: string | undefined): Asked['range'] {
	const match = /^bytes=(\d+)-(\d*)$/.exec(field ?? '')
	if (match === null) return undefined
	return { start: Number(match[1]), end: match[2] === '' ? undefined : Number(match[2]) + 1 }
}
