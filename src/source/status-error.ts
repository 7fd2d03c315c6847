import { DownloadError, type ErrorCode } from '../base/errors.ts'
import { escapeForTerminal } from '../base/escape.ts'
import { redactUrl } from '../base/redact.ts'
import type { ResponseHead } from '../transport/contract.ts'

const hints: Readonly<Record<number, string>> = {
	401: 'Give a name and password with --user, or a token with --header.',
	403: 'The link may have expired, or it needs a login.',
	404: 'Check the address; the file may have moved.',
	407: 'The proxy wants a login.',
	410: 'The file was there and is gone for good.',
	429: 'The server has had enough requests for now; try later or with fewer connections.',
	451: 'The file is withheld for legal reasons.',
	503: 'The server is overloaded or down for maintenance; try later.',
}

const authStatuses: ReadonlySet<number> = new Set([401, 403, 407])

/** The error for an answer that is not the file. `details.retryAfter` is the field as received. */
export function statusError(url: URL, head: ResponseHead): DownloadError {
	const code: ErrorCode = authStatuses.has(head.status) ? 'E_AUTH' : 'E_HTTP_STATUS'
	const reason = escapeForTerminal(head.reason).slice(0, 60)
	return new DownloadError(code, `${redactUrl(url)} answered ${head.status}${reason === '' ? '' : ` ${reason}`}`, {
		details: { status: head.status, retryAfter: head.fields.get('retry-after') },
		hint: hints[head.status],
	})
}
