import type { Clock } from '../base/clock.ts'
import type { DownloadError } from '../base/errors.ts'
import type { Failure } from '../control/retry.ts'
import { parseRetryAfter } from '../control/retry-after.ts'
import { parseHttpDate } from '../model/http-date.ts'

/** What a decision needs to know of an error. */
export function failureOf({ code, details }: DownloadError, clock: Clock): Failure {
	const { status, retryAfter, date } = details
	const wallMs = clock.wall().getTime()
	// A date is the server's, and so is the present that it is to be measured from: our calendar may be wrong by years.
	const sentMs = typeof date === 'string' ? parseHttpDate(date, wallMs) : undefined
	return {
		code,
		status: typeof status === 'number' ? status : undefined,
		retryAfterMs: typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, sentMs ?? wallMs) : undefined,
	}
}
