import { gzipSync } from 'node:zlib'
import type { Answer, Script } from '../support/origin.ts'

/** Half-open; to the end of the file where the request had no end. */
export interface Asked {
	readonly start: number
	readonly end: number
}

/** Misbehaves to requests for a range that does not begin at 0, and to no others. */
export function elsewhere(bytes: number, answer: (asked: Asked) => Answer | undefined): Script {
	return ({ range }) => {
		if (range === undefined || 'suffix' in range || range.start === 0) return undefined
		return answer({ start: range.start, end: range.end ?? bytes })
	}
}

/** Misbehaves to requests for any range. */
export function toRanges(bytes: number, answer: (asked: Asked) => Answer | undefined): Script {
	return ({ range }) =>
		range === undefined || 'suffix' in range ? undefined : answer({ start: range.start, end: range.end ?? bytes })
}

/** Misbehaves from the `n`th request on, counted from 0. */
export function from(n: number, script: Script): Script {
	return (request, index) => (index >= n ? script(request, index) : undefined)
}

/** A page in place of a file, as portals and overloaded servers send it. */
export const loginPage = '<html><body>Please log in to the network.</body></html>'

export const pageInsteadOfFile: Answer = {
	status: 200,
	body: loginPage,
	contentRange: null,
	headers: { 'Content-Type': 'text/html', ETag: null, 'Last-Modified': null, 'Accept-Ranges': null },
}

/** `multipart/byteranges` of one part (RFC 9110 §14.6). */
export function multipart(content: Uint8Array, { start, end }: Asked): Answer {
	const head = `\r\n--parts\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${start}-${end - 1}/${content.length}\r\n\r\n`
	return {
		body: Buffer.concat([Buffer.from(head), content.subarray(start, end), Buffer.from('\r\n--parts--\r\n')]),
		contentRange: null,
		headers: { 'Content-Type': 'multipart/byteranges; boundary=parts' },
	}
}

/** A server that prefers its compressed copy wherever the client takes one. */
export function gzipIfWelcome(content: Uint8Array, answer: Answer = {}): Script {
	const compressed = gzipSync(content)
	return ({ headers }) => {
		if (!/gzip/.test(headers['accept-encoding'] ?? '')) return undefined
		return { content: { body: compressed, headers: { 'Content-Encoding': 'gzip' } }, ...answer }
	}
}
