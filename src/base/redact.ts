/** A URL as it may be shown: without user info, query and fragment, any of which may hold a secret. */
export function redactUrl(url: URL): string {
	return `${url.protocol}//${url.host}${url.pathname}`
}

/** The same for a text that may not even be a URL: it can hold secrets where a URL does. */
export function redactAddress(text: string): string {
	return text.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/*)?[^/]*@/i, '$1')
}
