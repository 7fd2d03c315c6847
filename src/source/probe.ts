import type { Cancel } from '../base/abort.ts'
import { DownloadError, isDownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import type { ByteRange } from '../model/byte-range.ts'
import { contentCoding } from '../model/content-coding.ts'
import { parseContentRange, parseUnsatisfiedTotal } from '../model/content-range.ts'
import { unknownEnd } from '../model/segment-map.ts'
import type { Exchange, ResponseHead, Transport } from '../transport/contract.ts'
import { type Asking, requestFor } from './asking.ts'
import { discardBody } from './discard-body.ts'
import { type Followed, follow } from './follow.ts'
import { type Resource, resourceFrom } from './resource.ts'
import { statusError } from './status-error.ts'

/** The first answer: what the resource is, and the open response that begins to deliver it. */
export interface Probed {
	readonly resource: Resource
	/** Undefined for an empty file: there is nothing to receive. */
	readonly exchange: Exchange | undefined
	/** What of the file the response holds. */
	readonly delivers: ByteRange
}

// The server may dislike the range and not the request (RFC 9110 §15.5.17 note), or answer with what is no part: asked once
// more without.
const perhapsTheRange: ReadonlySet<number> = new Set([400, 403, 405, 416, 501])

/**
 * Asks for the file from its first byte. The one request is probe and first segment: its head says size, ranges, validator
 * and name, and its body is already the download.
 *
 * @param byRange false asks for the whole without a range, where ranges have been found not to be trusted
 */
export async function probe(
	transport: Transport,
	url: URL,
	asking: Asking,
	cancel: Cancel,
	byRange: boolean,
): Promise<Probed> {
	if (!byRange) return read(await ask(transport, url, asking, cancel, false))
	const ranged = await ask(transport, url, asking, cancel, true)
	const { status } = ranged.exchange.head
	if (status === 416 && parseUnsatisfiedTotal(ranged.exchange.head.fields.get('content-range')) === 0) {
		return emptyFile(ranged)
	}
	if (!perhapsTheRange.has(status)) {
		const probed = await read(ranged).catch(unlessPart(status))
		if (probed !== undefined) return probed
	} else await discardBody(ranged.exchange)
	return read(await ask(transport, url, asking, cancel, false))
}

/** Passes over what the server does wrong in a part: the whole may be right. */
function unlessPart(status: number): (error: unknown) => undefined {
	return error => {
		if (status !== 206 || !isDownloadError(error, 'E_PROTOCOL')) throw error
	}
}

function ask(transport: Transport, url: URL, asking: Asking, cancel: Cancel, ranged: boolean): Promise<Followed> {
	const wanted = ranged ? { start: 0 } : undefined
	return follow(transport, url, at => requestFor(at, wanted, asking), asking.maxRedirects, cancel)
}

async function read(answer: Followed): Promise<Probed> {
	const { exchange, url } = answer
	const { head } = exchange
	try {
		refuseCoding(url, head)
		if (head.status === 200) return readWhole(answer)
		if (head.status === 206) return readPart(answer)
		throw statusError(url, head)
	} catch (error) {
		await discardBody(exchange)
		throw error
	}
}

function readWhole(answer: Followed): Probed {
	const { exchange, url } = answer
	const { fields, contentLength } = exchange.head
	// A server that answers 200 to a part it announces means something else than it says; what it sends is not the file.
	const announced = parseContentRange(fields.get('content-range'))
	if (
		fields.has('content-range') &&
		(announced === undefined || announced.range.start > 0 || announced.bytes !== contentLength)
	) {
		throw protocolError(url, 'answered 200 with a Content-Range of something else')
	}
	const resource = resourceFrom(answer, fields, { bytes: contentLength, ranges: false, wholeInOneResponse: true })
	return { resource, exchange, delivers: { start: 0, end: contentLength ?? unknownEnd } }
}

function readPart(answer: Followed): Probed {
	const { exchange, url } = answer
	const { fields, contentLength } = exchange.head
	if (/^multipart\//i.test(fields.get('content-type') ?? ''))
		throw protocolError(url, 'answered one range with several parts')
	const content = parseContentRange(fields.get('content-range'))
	if (content === undefined) throw protocolError(url, 'answered 206 without a valid Content-Range')
	const { range, bytes } = content
	if (range.start !== 0) throw protocolError(url, `answered with bytes from ${range.start} on where 0 was asked for`)
	if (contentLength !== undefined && contentLength !== range.end - range.start) {
		throw protocolError(
			url,
			`announced ${range.end - range.start} bytes in Content-Range and ${contentLength} in Content-Length`,
		)
	}
	const wholeInOneResponse = range.end === bytes
	return {
		resource: resourceFrom(answer, fields, { bytes, ranges: true, wholeInOneResponse }),
		exchange,
		delivers: range,
	}
}

async function emptyFile(answer: Followed): Promise<Probed> {
	await discardBody(answer.exchange)
	const size = { bytes: 0, ranges: true, wholeInOneResponse: false }
	return {
		resource: resourceFrom(answer, answer.exchange.head.fields, size),
		exchange: undefined,
		delivers: { start: 0, end: 0 },
	}
}

function refuseCoding(url: URL, head: ResponseHead): void {
	const coding = contentCoding(head.fields)
	if (coding === undefined || head.status >= 300) return
	throw protocolError(url, `sent ${coding}-coded bytes that nobody asked for`)
}

function protocolError(url: URL, what: string): DownloadError {
	return new DownloadError('E_PROTOCOL', `${redactUrl(url)} ${what}`, {
		hint: 'The server, or something between, does not follow the rules; another address of the file may help.',
	})
}
