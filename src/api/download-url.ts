import { createHash } from 'node:crypto'
import { DownloadError } from '../base/errors.ts'
import { redactAddress, redactUrl } from '../base/redact.ts'
import type { UrlIdentity } from '../destination/contract.ts'
import { invalidOption } from './checked.ts'

/** A URL that can be downloaded from, with what it says apart: the login, and what names it in a journal. */
export interface DownloadUrl {
	/** Without user info and fragment. */
	readonly url: URL
	/** The Authorization field for user info in the URL; undefined without. */
	readonly authorization: string | undefined
	readonly identity: UrlIdentity
}

/** One address, or several of the same file: the first names it, the others are mirrors. */
export type DownloadAddresses = string | URL | readonly [string | URL, ...(string | URL)[]]

/** Throws E_USAGE where one of them is no http or https URL, or where there is none. */
export function readAddresses(given: DownloadAddresses): {
	readonly target: DownloadUrl
	readonly mirrors: readonly DownloadUrl[]
} {
	const [first, ...mirrors] = Array.isArray(given) ? (given as readonly (string | URL)[]) : [given as string | URL]
	return { target: readUrl(first as string | URL), mirrors: mirrors.map(readUrl) }
}

/** Throws E_USAGE where it is no http or https URL. */
export function readUrl(given: string | URL): DownloadUrl {
	// By what it has, not by its class: a URL may come from another realm.
	if (typeof given !== 'string' && typeof (given as URL | null)?.href !== 'string')
		throw invalidOption('url', 'an http or https URL', given)
	const text = String(given)
	if (!URL.canParse(text)) throw invalidOption('url', 'an http or https URL', redactAddress(text))
	const url = new URL(text)
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		throw new DownloadError(
			'E_USAGE',
			`The scheme ${url.protocol.slice(0, -1)} of ${redactAddress(text)} is not supported`,
			{
				hint: 'Give a URL that begins with http:// or https://.',
			},
		)
	}
	const authorization = basicAuthorization(url)
	url.username = ''
	url.password = ''
	url.hash = ''
	const urlDigest = createHash('sha256').update(url.href).digest('hex')
	return { url, authorization, identity: { url: redactUrl(url), urlDigest } }
}

/** RFC 7617 §2: name and password as UTF-8, which is what they are percent-encoded as. */
function basicAuthorization(url: URL): string | undefined {
	const { username, password } = url
	if (username === '' && password === '') return undefined
	try {
		const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
		return `Basic ${Buffer.from(pair).toString('base64')}`
	} catch {
		throw new DownloadError(
			'E_USAGE',
			`The name or password in the URL of ${redactUrl(url)} is not percent-encoded UTF-8`,
		)
	}
}
