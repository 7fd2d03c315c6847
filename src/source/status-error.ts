import { DownloadError, type ErrorCode } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import { parseRetryAfter } from '../control/retry-after.ts'
import { parseHttpDate } from '../model/http-date.ts'
import type { ResponseHead } from '../transport/contract.ts'

/**
 * Our own words for the codes of RFC 9110 §15 that people meet. The server's are left out: RFC 9112 §4 has a client ignore
 * them, and some servers repeat there what they were asked for, its signature and all.
 */
const phrases: Readonly<Record<number, string>> = {
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	407: 'Proxy Authentication Required',
	408: 'Request Timeout',
	410: 'Gone',
	416: 'Range Not Satisfiable',
	429: 'Too Many Requests',
	451: 'Unavailable For Legal Reasons',
	500: 'Internal Server Error',
	501: 'Not Implemented',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
}

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

/** The error for an answer that is not the file. `details.retryAfter` and `details.date` are fields as received, where they can be read. */
export function statusError(url: URL, { status, fields }: ResponseHead): DownloadError {
	const code: ErrorCode = authStatuses.has(status) ? 'E_AUTH' : 'E_HTTP_STATUS'
	const what = phrases[status] === undefined ? status : `${status} ${phrases[status]}`
	return new DownloadError(code, `${redactUrl(url)} answered ${what}`, {
		details: { status, retryAfter: readable(fields.get('retry-after')), date: readableDate(fields.get('date')) },
		hint: hints[status],
	})
}

const readable = (retryAfter: string | undefined): string | undefined =>
	retryAfter === undefined || parseRetryAfter(retryAfter, 0) === undefined ? undefined : retryAfter

const readableDate = (date: string | undefined): string | undefined =>
	date === undefined || parseHttpDate(date, 0) === undefined ? undefined : date
