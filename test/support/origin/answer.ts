import type { ByteRange } from '../../../src/model/byte-range.ts'
import type { Content } from './representation.ts'
import type { RequestRecord } from './request.ts'

/**
 * How one answer differs from the right one. What is left out is as RFC 9110 wants it, so `{}` is a right answer.
 *
 * The fields act together: a range may be lied about, slow, chunked, and cut at once.
 */
export interface Answer {
	/** Default: 200, 206 or 416 as the range wants it; 302 with `redirect`. Any other one has a line of text for a body. */
	readonly status?: number
	readonly reason?: string
	/** Set last, so that they win, with the names as given; null takes a field away. */
	readonly headers?: Readonly<Record<string, string | readonly string[] | null>>
	/** Where `Location` points. */
	readonly redirect?: string
	/** Another resource than the origin's. */
	readonly content?: Content
	/** Which of the origin's versions. Default: the one that `setVersion` chose. */
	readonly version?: number
	/** `ignore`: the whole with 200. A range: these bytes are sent (and said to be), whatever was asked for. */
	readonly range?: 'ignore' | ByteRange
	/** What `Content-Range` says, true or not; null leaves it out. */
	readonly contentRange?: string | null
	/** The body, whatever the head says of it but for its length. */
	readonly body?: Uint8Array | string
	/** What marks the end of the body. Default: length. A close takes the connection with it. */
	readonly framing?: Framing
	/** All that is sent, in place of head and body. */
	readonly raw?: Uint8Array | string
	/** Takes the request and never answers. */
	readonly hang?: boolean
	/** How long the head is held back. */
	readonly delayMs?: number
	/** Default: the origin's. */
	readonly bytesPerSecond?: number
	/** Divides the rate, which must be known then. */
	readonly slowedBy?: number
	/** After so many bytes of the body nothing more comes, for `stallMs` where given. */
	readonly stallAt?: number
	readonly stallMs?: number
	/** Ends the connection after so many bytes of the body (all of them: before the last chunk); not where it is shorter. */
	readonly cut?: Cut
	/** Whether the connection ends, by FIN, after the answer. Default: as the request and the framing want it; true with `raw`. */
	readonly close?: boolean
}

export type Framing = 'length' | 'chunked' | 'close'

export interface Cut {
	readonly at: number
	/** `bare-fin` differs from `fin` by TLS only, where it leaves out the close_notify. */
	readonly by: 'fin' | 'bare-fin' | 'rst'
}

/** Decides on an answer; `n` counts requests from 0. Undefined: the right one. */
export type Script = (request: RequestRecord, n: number) => Answer | undefined
