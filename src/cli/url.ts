import { redactAddress } from '../base/redact.ts'
import { usageError } from './usage-error.ts'

/** Reads an address that was typed; `where` says where, for the message. Throws E_USAGE. */
export function parseUrl(text: string, where?: string): URL {
	const url = URL.canParse(text) ? new URL(text) : undefined
	if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
	const shown = redactAddress(text)
	const hint = looksLikeHost.test(shown) ? `Did you mean https://${shown}?` : 'Use https:// or http://.'
	throw usageError(`\`${shown}\` is not a URL that skein can fetch${where === undefined ? '' : ` (${where})`}`, hint)
}

/** Whether what may be a path or a URL is a URL. */
export const isWebAddress = (text: string): boolean => /^\s*https?:\/\//i.test(text)

/** `example.com/file` and `localhost:8080/file`: the second parses, with `localhost:` as its scheme. */
const looksLikeHost = /^(?:[\w-]+(?:\.[\w-]+)+|[\w-]+:\d+)(?:[:/]|$)/
