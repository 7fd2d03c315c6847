import { bytesFromBase64, decodePercent, unescapePercent, utf8FromByteString } from './byte-string.ts'

/**
 * The file name that a Content-Disposition field gives (RFC 6266), as the server meant it: not yet safe to use.
 *
 * `filename*` counts before `filename`, whatever their order; one that cannot be decoded is passed over. `field` is as
 * the transport delivers it, a code unit a byte. Never throws, and takes time in proportion to the field's length.
 */
export function fileNameFromDisposition(field: string): string | undefined {
	const parameters = readParameters(field)
	const extended = parameters.get('filename*')
	const plain = parameters.get('filename')
	const name = (extended && decodeExtended(extended)) || (plain && decodePlain(plain))
	return name || undefined
}

/** Parameters by lower-case name. RFC 6266 forbids repeated ones; the first wins. */
function readParameters(field: string): ReadonlyMap<string, string> {
	const parameters = new Map<string, string>()
	let at = 0
	while (at < field.length) {
		const segment = field.slice(at, indexOfOrEnd(field, ';', at))
		const equals = segment.indexOf('=')
		if (equals < 0) {
			at += segment.length + 1
			continue
		}
		const name = parameterName(segment.slice(0, equals))
		const { value, end } = readValue(field, at + equals + 1)
		if (!parameters.has(name)) parameters.set(name, value)
		at = indexOfOrEnd(field, ';', end) + 1
	}
	return parameters
}

/** The last word: `attachment filename=x` and `attachment, filename=x` lack their semicolon. */
function parameterName(text: string): string {
	const trimmed = text.trim()
	return trimmed.slice(Math.max(trimmed.lastIndexOf(' '), trimmed.lastIndexOf(',')) + 1).toLowerCase()
}

interface Value {
	readonly value: string
	/** Where the value stops; what follows up to the next semicolon means nothing. */
	readonly end: number
}

function readValue(field: string, from: number): Value {
	let start = from
	while (field[start] === ' ' || field[start] === '\t') start += 1
	return (field[start] === '"' && readQuoted(field, start + 1)) || readUnquoted(field, start)
}

/** Undefined where the closing quote is missing. */
function readQuoted(field: string, start: number): Value | undefined {
	const keepsBackslashes = looksLikeWindowsPath(field.slice(start, start + 4))
	let value = ''
	for (let at = start; at < field.length; at++) {
		if (field[at] === '"') return { value, end: at + 1 }
		const escapes = field[at] === '\\' && at + 1 < field.length && !(keepsBackslashes && field[at + 1] !== '"')
		if (escapes) at += 1
		value += field[at]
	}
	return undefined
}

/** Internet Explorer taught servers to send `C:\docs\a.pdf` as it is, where RFC 9110 §5.6.4 asks for `\\`. */
function looksLikeWindowsPath(beginning: string): boolean {
	return /^(?:[a-z]:|\.{1,2})\\[^"\\]/i.test(beginning)
}

/** All up to the next semicolon, blanks and commas included: servers forget the quotes of `my file, final.pdf`. */
function readUnquoted(field: string, start: number): Value {
	const end = indexOfOrEnd(field, ';', start)
	// A repeated field is joined with a comma, and its second disposition is not part of the name.
	const text = field
		.slice(start, end)
		.trim()
		.replace(/,[ \t]*(?:attachment|inline)$/i, '')
	return { value: withoutQuotes(text), end }
}

/** A lone opening quote goes; a pair of apostrophes counts as quotes. */
function withoutQuotes(text: string): string {
	if (text.startsWith('"')) return text.slice(1)
	return text.length > 2 && text.startsWith("'") && text.endsWith("'") ? text.slice(1, -1) : text
}

/** `charset'language'percent-encoded` (RFC 8187 §3.2); undefined where it is malformed or its charset unknown. */
function decodeExtended(text: string): string | undefined {
	const [, charset = '', encoded = ''] = /^([^']*)'[^']*'(.*)$/s.exec(text) ?? []
	if (/%(?![0-9a-f]{2})/i.test(encoded)) return undefined
	return decodeCharset(charset, unescapePercent(encoded))
}

/** RFC 6266 lets `filename` hold ISO-8859-1 alone; in truth it holds UTF-8, percent-encoding and RFC 2047 as well. */
function decodePlain(text: string): string {
	const decoded = utf8FromByteString(text) ?? text
	const words = decodeEncodedWords(decoded)
	return words === decoded ? decodePercent(decoded) : words
}

/** `=?charset?B?base64?=` and `=?charset?Q?quoted?=` (RFC 2047 §2); blanks between two of them do not count (§6.2). */
function decodeEncodedWords(text: string): string {
	return text
		.replace(/\?=[ \t]+(?==\?)/g, '?=')
		.replace(
			/=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=/gi,
			(word: string, charset: string, encoding: string, content: string) => {
				const bytes = encoding.toLowerCase() === 'b' ? bytesFromBase64(content) : decodeQuoted(content)
				return (bytes !== undefined && decodeCharset(charset, bytes)) || word
			},
		)
}

function decodeQuoted(text: string): string {
	const byte = (_: string, hex: string): string => String.fromCharCode(Number.parseInt(hex, 16))
	return text.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, byte)
}

function decodeCharset(charset: string, byteString: string): string | undefined {
	switch (charset.toLowerCase()) {
		case 'utf-8':
		case 'utf8':
		case 'us-ascii':
			return utf8FromByteString(byteString)
		case 'iso-8859-1':
		case 'latin1':
			return byteString
		default:
			return undefined
	}
}

function indexOfOrEnd(text: string, character: string, from: number): number {
	const index = text.indexOf(character, from)
	return index < 0 ? text.length : index
}
