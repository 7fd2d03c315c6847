import { STATUS_CODES } from 'node:http'
import type { ByteRange } from '../../../src/model/byte-range.ts'
import type { Answer, Framing } from './answer.ts'
import type { Named } from './representation.ts'
import type { RequestHead } from './request.ts'
import { rightAnswer } from './right-answer.ts'

/** An answer in bytes. */
export interface Response {
	readonly status: number | undefined
	readonly head: Buffer
	readonly body: Buffer
	readonly framing: Framing
	readonly close: boolean
}

type Fields = Record<string, string | readonly string[] | null>

/** Puts the bytes together that an answer means: the right ones, but for what it changes. */
export function composeResponse(request: RequestHead, answer: Answer, version: Named): Response {
	if (answer.raw !== undefined) return rawResponse(answer)
	const { status, body, fields } = choose(request, answer, version)
	const framing = answer.framing ?? 'length'
	const close = answer.close ?? (framing === 'close' || wantsClose(request))
	const all: Fields = { Date: new Date().toUTCString(), ...fields, ...framingFields(framing, body.length) }
	all['Connection'] = close ? 'close' : 'keep-alive'
	const head = composeHead(status, answer.reason ?? STATUS_CODES[status] ?? '', override(all, answer.headers ?? {}))
	const isHead = request.method === 'HEAD'
	return { status, head, body: isHead ? nothing : body, framing: isHead ? 'length' : framing, close }
}

const nothing = Buffer.alloc(0)

function rawResponse({ raw = '', close = true }: Answer): Response {
	return { status: undefined, head: nothing, body: bytesOf(raw), framing: 'close', close }
}

interface Choice {
	readonly status: number
	readonly body: Buffer
	readonly fields: Fields
}

function choose(request: RequestHead, answer: Answer, version: Named): Choice {
	const right = answer.range === undefined ? rightAnswer(request, version) : forcedAnswer(answer.range, version)
	const status = answer.status ?? (answer.redirect === undefined ? right.status : 302)
	const isContent = status === 200 || status === 206
	const fields: Fields = isContent ? contentFields(version) : {}
	const contentRange = answer.contentRange ?? trueContentRange(status, right.range, version.body.length)
	if (contentRange !== undefined && answer.contentRange !== null) fields['Content-Range'] = contentRange
	if (answer.redirect !== undefined) fields['Location'] = answer.redirect
	const content = isContent ? version.body.subarray(right.range.start, right.range.end) : notice(status)
	return { status, body: answer.body === undefined ? content : bytesOf(answer.body), fields }
}

function forcedAnswer(range: 'ignore' | ByteRange, { body }: Named): { status: number; range: ByteRange } {
	if (range === 'ignore') return { status: 200, range: { start: 0, end: body.length } }
	return { status: 206, range: { start: range.start, end: Math.min(range.end, body.length) } }
}

function contentFields({ etag, lastModified, headers }: Named): Fields {
	const validators = { ETag: etag ?? null, 'Last-Modified': lastModified ?? null }
	return { 'Content-Type': 'application/octet-stream', 'Accept-Ranges': 'bytes', ...validators, ...headers }
}

function trueContentRange(status: number, { start, end }: ByteRange, total: number): string | undefined {
	if (status === 206) return `bytes ${start}-${end - 1}/${total}`
	return status === 416 ? `bytes */${total}` : undefined
}

function notice(status: number): Buffer {
	return status === 204 || status === 304 ? nothing : Buffer.from(`${status} ${STATUS_CODES[status] ?? ''}\n`)
}

function framingFields(framing: Framing, bytes: number): Fields {
	if (framing === 'length') return { 'Content-Length': `${bytes}` }
	return framing === 'chunked' ? { 'Transfer-Encoding': 'chunked' } : {}
}

/** RFC 9112 §9.3: a client of HTTP/1.0 keeps a connection only where it says so. */
function wantsClose({ protocol, headers }: RequestHead): boolean {
	const { connection = '' } = headers
	return /\bclose\b/i.test(connection) || (protocol === 'HTTP/1.0' && !/\bkeep-alive\b/i.test(connection))
}

/** Names count without their case, and the new spelling stays. */
function override(fields: Fields, by: Fields): Fields {
	const replaced = new Set(Object.keys(by).map(name => name.toLowerCase()))
	const kept = Object.entries(fields).filter(([name]) => !replaced.has(name.toLowerCase()))
	return { ...Object.fromEntries(kept), ...by }
}

function composeHead(status: number, reason: string, fields: Fields): Buffer {
	const lines = [`HTTP/1.1 ${status} ${reason}`]
	for (const [name, value] of Object.entries(fields)) {
		for (const one of value === null ? [] : [value].flat()) lines.push(`${name}: ${one}`)
	}
	return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Text is taken as UTF-8 in bodies and raw answers alike. */
function bytesOf(content: Uint8Array | string): Buffer {
	return typeof content === 'string'
		? Buffer.from(content)
		: Buffer.from(content.buffer, content.byteOffset, content.byteLength)
}
