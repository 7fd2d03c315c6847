/** A URL as it may be shown: without user info, query and fragment, any of which may hold a secret. */
export function redactUrl(url: URL): string {
	return `${url.protocol}//${url.host}${url.pathname}`
}
