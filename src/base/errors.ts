/** Every way in which skein can fail; the list is closed, so that a switch over it can be checked by the compiler. */
export const errorCodes = [
	'E_INTERNAL',
	'E_USAGE',
	'E_NETWORK',
	'E_HTTP_STATUS',
	'E_TIMEOUT',
	'E_STALLED',
	'E_CHANGED',
	'E_CHECKSUM',
	'E_NO_SPACE',
	'E_IO',
	'E_EXISTS',
	'E_LOCKED',
	'E_UNSAFE_NAME',
	'E_TLS',
	'E_AUTH',
	'E_PROTOCOL',
	'E_TRUNCATED',
	'E_TOO_LARGE',
	'E_REDIRECT',
	'E_ABORTED',
] as const

/** A stable name for one way to fail. Decide on this, never on a message. */
export type ErrorCode = (typeof errorCodes)[number]

/** Facts about a failure, for programs; `status` is there whenever a server answered with one. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>

export interface DownloadErrorOptions {
	readonly details?: ErrorDetails
	readonly hint?: string | undefined
	readonly cause?: unknown
}

/**
 * The one error that skein throws.
 *
 * The message is for people and may change in any release; `code` and `details` are for programs and do not.
 * Messages carry no secrets: a URL appears without user info, query and fragment.
 */
export class DownloadError extends Error {
	override readonly name = 'DownloadError'
	/** Brands the class across two installed copies of the package, where `instanceof` says no. */
	readonly isDownloadError = true
	readonly code: ErrorCode
	readonly details: ErrorDetails
	/** What the reader can do about it, as a sentence. */
	readonly hint: string | undefined

	constructor(code: ErrorCode, message: string, options: DownloadErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause })
		this.code = code
		this.details = options.details ?? {}
		this.hint = options.hint
	}
}

/**
 * Whether a value is a `DownloadError`, and of that code where one is given.
 *
 * @example if (isDownloadError(error, 'E_CHECKSUM')) await fetchFromElsewhere()
 */
export function isDownloadError(value: unknown, code?: ErrorCode): value is DownloadError {
	if (typeof value !== 'object' || value === null) return false
	const candidate = value as { isDownloadError?: unknown; code?: unknown }
	return candidate.isDownloadError === true && (code === undefined || candidate.code === code)
}

/** The error itself, or E_INTERNAL around what nobody expected. */
export function asDownloadError(error: unknown): DownloadError {
	if (isDownloadError(error)) return error
	const why = error instanceof Error ? error.message : String(error)
	return new DownloadError('E_INTERNAL', `skein has a fault: ${why}`, { cause: error, hint: 'Please report it.' })
}
