/*
 * A byte string is text each of whose code units is one byte: what a field value is when it comes off the wire.
 */

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that a byte string is in UTF-8; undefined where it is not UTF-8, or not a byte string at all. */
export function utf8FromByteString(byteString: string): string | undefined {
	const bytes = bytesOf(byteString)
	if (bytes === undefined) return undefined
	try {
		return strictUtf8.decode(bytes)
	} catch {
		return undefined
	}
}

/** Each `%XX` replaced by the byte that it stands for; a `%` that begins none is kept. */
export function unescapePercent(text: string): string {
	return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Percent-decodes as UTF-8 where it is UTF-8 and as ISO-8859-1 otherwise: never fails. */
export function decodePercent(text: string): string {
	return utf8FromByteString(unescapePercent(utf8ToByteString(text))) ?? unescapePercent(text)
}

/** The bytes of a base64 text as a byte string; undefined where it is none (RFC 4648 §4). Padding may be missing. */
export function bytesFromBase64(text: string): string | undefined {
	const digits = text.replace(/={1,2}$/, '')
	return /^[A-Za-z0-9+/]*$/.test(digits) && digits.length % 4 !== 1 ? atob(digits) : undefined
}

function bytesOf(byteString: string): Uint8Array | undefined {
	const bytes = new Uint8Array(byteString.length)
	for (let at = 0; at < byteString.length; at++) {
		const unit = byteString.charCodeAt(at)
		if (unit > 0xff) return undefined
		bytes[at] = unit
	}
	return bytes
}

function utf8ToByteString(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is its own UTF-8
	if (/^[\u0000-\u007f]*$/.test(text)) return text
	return Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('')
}
