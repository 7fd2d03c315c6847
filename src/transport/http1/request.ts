import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { Request } from '../contract.ts'

/** A request as it leaves. */
export interface Outgoing {
	readonly request: Request
	/** The request head, one byte in each character. */
	readonly text: string
	/** The URL as it may be shown. */
	readonly where: string
}

/**
 * Writes a request head (RFC 9112 §3). Rejects, with E_USAGE by throwing, whatever could end a line or a field early:
 * a CR, LF or NUL that got through would be a second request of an attacker's choice.
 */
export function composeRequest(request: Request): Outgoing {
	const { url, headers } = request
	if (url.protocol !== 'http:' && url.protocol !== 'https:') throw unsupported(url)
	const target = url.pathname + url.search
	if (!isTarget(target)) throw invalid(url, 'the request target')
	const lines = [`GET ${target} HTTP/1.1`, `Host: ${url.host}`, 'Connection: keep-alive']
	for (const [name, value] of headers) {
		if (!isToken(name)) throw invalid(url, 'a header name')
		if (reserved.has(name.toLowerCase())) throw reservedField(url, name)
		if (!isFieldValue(value)) throw invalid(url, `the value of the header ${name}`)
		lines.push(`${name}: ${value}`)
	}
	return { request, text: `${lines.join('\r\n')}\r\n\r\n`, where: redactUrl(url) }
}

/** Fields that frame the message or manage the connection. */
const reserved = new Set([
	'host',
	'connection',
	'keep-alive',
	'proxy-connection',
	'transfer-encoding',
	'content-length',
	'te',
	'trailer',
	'upgrade',
	'expect',
])

const isToken = (text: string): boolean => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)

const isTarget = (text: string): boolean => /^\/[\x21-\x7e]*$/.test(text)

/** RFC 9110 §5.5: visible ASCII, obs-text, space and tab. Anything above U+00FF would not be one byte. */
const isFieldValue = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)

/** The offending text is not shown: it may be a secret, and it holds control characters. */
function invalid(url: URL, what: string): DownloadError {
	return new DownloadError('E_USAGE', `${redactUrl(url)}: ${what} holds a character that HTTP does not allow`, {
		hint: 'Line breaks, NUL and characters beyond Latin-1 cannot be sent in a header.',
	})
}

function reservedField(url: URL, name: string): DownloadError {
	return new DownloadError('E_USAGE', `${redactUrl(url)}: the header ${name} cannot be set`, {
		hint: 'It belongs to the connection, which skein manages itself.',
	})
}

function unsupported(url: URL): DownloadError {
	return new DownloadError('E_USAGE', `${redactUrl(url)}: ${url.protocol} cannot be downloaded`, {
		hint: 'Use an address that begins with http: or https:.',
	})
}
