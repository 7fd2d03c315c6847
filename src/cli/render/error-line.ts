import type { DownloadError } from '../../base/errors.ts'
import { escapeForTerminal } from '../../base/escape.ts'

/**
 * An error as one line: what happened, to which URL, and what to do.
 *
 * @param url what was asked for; it is named in front where the message names another address, or none
 */
export function describeError({ message, hint }: DownloadError, url?: string): string {
	const named = url === undefined || message.includes(url) ? message : `${url}: ${message}`
	const what = escapeForTerminal(named)
	if (hint === undefined) return `skein: ${what}`
	return `skein: ${/[.?!]$/.test(what) ? what : `${what}.`} ${escapeForTerminal(hint)}`
}
