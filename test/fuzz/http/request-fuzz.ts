import fc from 'fast-check'
import { readUrl } from '../../../src/api/download-url.ts'
import { resolveAsking } from '../../../src/api/resolve-options.ts'
import { isDownloadError } from '../../../src/base/errors.ts'
import { requestFor } from '../../../src/source/asking.ts'
import { composeRequest } from '../../../src/transport/http1/request.ts'

/** What a caller, or a server that sends an ETag or a Location, can put into a request. */
interface Given {
	readonly url: string
	readonly headers: Readonly<Record<string, string>>
	readonly userAgent: string
	readonly etag: string
}

const nasty = fc.constantFrom(
	'\r',
	'\n',
	'\0',
	'\r\n',
	'\r\n\r\n',
	'\u010a',
	'\u010d',
	'\u2028',
	'\x85',
	'\x0b',
	'\x7f',
	'%0d%0a',
)
const harmless = fc.constantFrom(
	'a',
	'X-A',
	' ',
	': ',
	'Host: evil',
	'GET / HTTP/1.1',
	'"',
	'/',
	'?',
	'\xe4',
	'ÿ',
	'😀',
)
const text = fc
	.array(fc.oneof({ weight: 3, arbitrary: harmless }, nasty), { maxLength: 5 })
	.map(parts => parts.join(''))

const given: fc.Arbitrary<Given> = fc.record({
	url: fc
		.tuple(fc.constantFrom('http://here', 'https://u:p@here:81', 'http://[::1]'), text, text)
		.map(([origin, path, query]) => {
			return `${origin}/${path}?${query}`
		}),
	headers: fc.dictionary(fc.oneof(fc.constantFrom('X-A', 'Cookie', 'Authorization'), text), text, { maxKeys: 3 }),
	userAgent: text,
	etag: text.map(inside => `"${inside}"`),
})

export interface RequestFuzzFigures {
	readonly sent: number
	readonly refused: number
}

/**
 * Asks with any text in the URL, the headers, the user agent and the validator. Throws where the request that comes of it
 * is not one request line and one line for each field, or fails with another error than E_USAGE.
 */
export function proveRequestFuzz({ runs, seed }: { readonly runs: number; readonly seed: number }): RequestFuzzFigures {
	const tally = { sent: 0, refused: 0 }
	const property = fc.property(given, asked => {
		const request = compose(asked)
		if (request === undefined) tally.refused += 1
		else tally.sent += 1
		if (request === undefined || isOneRequest(request.text, request.fields)) return
		throw new Error(`This is not one request with ${request.fields} fields: ${JSON.stringify(request.text)}`)
	})
	fc.assert(property, { numRuns: runs, seed })
	return tally
}

/** Undefined where it is refused. */
function compose({ url, headers, userAgent, etag }: Given): { text: string; fields: number } | undefined {
	try {
		const target = readUrl(url)
		const identity = { etag, lastModified: undefined, date: undefined }
		const request = requestFor(
			target.url,
			{ start: 0, ifRange: identity },
			resolveAsking(target, { headers, userAgent }),
		)
		return { text: composeRequest(request).text, fields: request.headers.length }
	} catch (error) {
		if (!isDownloadError(error, 'E_USAGE')) throw error
		return undefined
	}
}

/** Host and Connection are the transport's own. */
function isOneRequest(text: string, fields: number): boolean {
	const [requestLine = '', ...lines] = text.split('\r\n')
	const whole = lines.splice(-2).every(line => line === '')
	const isField = (line: string): boolean => /^[!#$%&'*+.^_`|~\w-]+: [\t\x20-\x7e\x80-\xff]*$/.test(line)
	return whole && /^GET \/[!-~]* HTTP\/1\.1$/.test(requestLine) && lines.length === fields + 2 && lines.every(isField)
}
