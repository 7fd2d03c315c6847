import type { DownloadError } from '../../base/errors.ts'
import { escapeForTerminal } from '../../base/escape.ts'

/** An error as one line: what happened, to which URL, and what to do. */
export function describeError({ message, hint }: DownloadError): string {
	const what = escapeForTerminal(message)
	if (hint === undefined) return `skein: ${what}`
	return `skein: ${/[.?!]$/.test(what) ? what : `${what}.`} ${escapeForTerminal(hint)}`
}
