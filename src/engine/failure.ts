import type { Clock } from '../base/clock.ts'
import type { DownloadError } from '../base/errors.ts'
import type { Failure } from '../control/retry.ts'
import { parseRetryAfter } from '../control/retry-after.ts'

/** What a decision needs to know of an error. */
export function failureOf({ code, details }: DownloadError, clock: Clock): Failure {
	const { status, retryAfter } = details
	return {
		code,
		status: typeof status === 'number' ? status : undefined,
		retryAfterMs: typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, clock.wall().getTime()) : undefined,
	}
}
