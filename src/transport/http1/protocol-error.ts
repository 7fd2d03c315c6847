import { DownloadError } from '../../base/errors.ts'

/** `where` is the redacted URL; `what` completes "the answer …". */
export function protocolError(where: string, what: string): DownloadError {
	return new DownloadError('E_PROTOCOL', `${where}: the answer ${what}`, {
		hint: 'The server, or something between it and here, does not speak HTTP/1.1 correctly.',
	})
}
