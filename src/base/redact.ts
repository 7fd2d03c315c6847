/** A URL as it may be shown: without user info, query and fragment, any of which may hold a secret. */
export function redactUrl(url: URL): string {
	return `${url.protocol}//${url.host}${url.pathname}`
}

/**
 * The same for a text that may not even be a URL, and can hold secrets wherever a URL does. Where there may be user info
 * nobody can say where it ends, so all of it is left out.
 */
export function redactAddress(text: string): string {
	if (!text.includes('@')) return text.replace(/[?#].*$/s, '')
	return `${/^\s*[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0].trim() ?? ''}…`
}
