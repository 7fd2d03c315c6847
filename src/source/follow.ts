import type { Cancel } from '../base/abort.ts'
import { DownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import type { Exchange, Request, Transport } from '../transport/contract.ts'
import { discardBody } from './discard-body.ts'

export interface Followed {
	readonly exchange: Exchange
	/** Where the answer came from. */
	readonly url: URL
	/** The addresses that redirected, in order; empty where nobody did. */
	readonly hops: readonly URL[]
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Sends a request and follows redirects (RFC 9110 §15.4) to the answer.
 *
 * `requestAt` makes the request for each address anew, so that headers of one origin never reach another.
 * Rejects with E_REDIRECT: too many, a loop, a missing or unreadable Location, another scheme, or https to http.
 */
export async function follow(
	transport: Transport,
	start: URL,
	requestAt: (url: URL) => Request,
	maxRedirects: number,
	cancel: Cancel,
): Promise<Followed> {
	const hops: URL[] = []
	let url = start
	for (;;) {
		const exchange = await transport.send(requestAt(url), cancel)
		if (!redirectStatuses.has(exchange.head.status)) return { exchange, url, hops }
		await discardBody(exchange)
		const next = locationOf(exchange, url)
		hops.push(url)
		checkHop(hops, next, maxRedirects)
		url = next
	}
}

function locationOf(exchange: Exchange, from: URL): URL {
	const location = exchange.head.fields.get('location')
	if (location === undefined) throw redirectError(from, `answered ${exchange.head.status} without a Location`)
	const next = resolve(utf8(location), from)
	if (next === undefined) throw redirectError(from, 'redirects to an address that cannot be read')
	if (next.protocol !== 'http:' && next.protocol !== 'https:') {
		throw redirectError(from, `redirects to the scheme ${next.protocol.slice(0, -1)}`)
	}
	if (from.protocol === 'https:' && next.protocol === 'http:') {
		throw redirectError(from, 'redirects from https to http', 'What follows could be read and changed on the way.')
	}
	// RFC 9110 §10.2.2: the fragment is inherited; it never goes over the wire.
	next.hash = ''
	return next
}

function resolve(location: string, from: URL): URL | undefined {
	return URL.canParse(location, from.href) ? new URL(location, from) : undefined
}

/** Fields arrive as latin-1; servers put raw UTF-8 into Location, and browsers take it. */
function utf8(field: string): string {
	const bytes = Uint8Array.from(field, character => character.charCodeAt(0))
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
	} catch {
		return field
	}
}

function checkHop(hops: readonly URL[], next: URL, maxRedirects: number): void {
	const from = hops[hops.length - 1] as URL
	if (hops.length > maxRedirects)
		throw redirectError(from, `is hop ${hops.length} of a redirect; ${maxRedirects} are allowed`)
	if (hops.some(hop => hop.href === next.href)) throw redirectError(from, 'redirects in a circle')
}

function redirectError(from: URL, what: string, hint?: string): DownloadError {
	return new DownloadError('E_REDIRECT', `${redactUrl(from)} ${what}`, { hint })
}
