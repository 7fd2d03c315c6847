import { DownloadError, isDownloadError } from '../base/errors.ts'
import type { WireEnd } from './wire.ts'

/** The code that the system or TLS gave an error, such as ECONNREFUSED. */
export function codeOf(error: unknown): string | undefined {
	const code = (error as { code?: unknown } | undefined)?.code
	return typeof code === 'string' ? code : undefined
}

/** A connection that ended while the head of `where` was awaited. */
export function lostBeforeHead(where: string, end: WireEnd): DownloadError {
	if (isDownloadError(end.error)) return end.error
	const tls = codeOf(end.error)?.startsWith('ERR_SSL_') === true
	const how = end.clean ? 'closed the connection' : 'broke the connection'
	return new DownloadError(tls ? 'E_TLS' : 'E_NETWORK', `${where}: the server ${how} before it had answered`, {
		details: { code: lossCode(end) },
		cause: end.error,
	})
}

/** A connection that broke in a body, `bytes` of which had come. */
export function lostInBody(where: string, end: WireEnd, bytes: number): DownloadError {
	if (isDownloadError(end.error)) return end.error
	return new DownloadError('E_NETWORK', `${where}: the connection broke after ${bytes} bytes of the body`, {
		details: { code: lossCode(end), bytes },
		cause: end.error,
	})
}

/** Where Node hid an RST behind a clean end, there is no error that could carry the code. */
function lossCode(end: WireEnd): string | undefined {
	return codeOf(end.error) ?? (end.clean ? undefined : 'ECONNRESET')
}
