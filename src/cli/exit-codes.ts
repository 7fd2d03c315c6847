import { type DownloadError, type ErrorCode, isDownloadError } from '../base/errors.ts'

/** What each way to fail means to a script; a code that `base/errors.ts` gains does not compile until it has a number here. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
	E_INTERNAL: 1,
	E_USAGE: 2,
	E_NETWORK: 3,
	E_HTTP_STATUS: 4,
	E_TIMEOUT: 5,
	E_STALLED: 5,
	E_CHANGED: 6,
	E_CHECKSUM: 7,
	E_NO_SPACE: 8,
	E_IO: 8,
	E_EXISTS: 9,
	E_LOCKED: 9,
	E_UNSAFE_NAME: 9,
	E_TLS: 10,
	E_AUTH: 11,
	E_PROTOCOL: 12,
	E_TRUNCATED: 12,
	E_TOO_LARGE: 12,
	E_REDIRECT: 12,
	E_ABORTED: 130,
}

/** Why each occurs, and what can be done about it; `docs/reference/exit-codes.md` is made from these. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
	E_INTERNAL: 'A fault of skein. Please report it with the command and the output.',
	E_USAGE: 'The command line, or a file that it names, cannot be understood. Nothing was done.',
	E_NETWORK: 'DNS, connecting, or a connection that broke, until the retries ran out. Running it again goes on.',
	E_HTTP_STATUS: 'The server said no. `details.status` has its answer.',
	E_TIMEOUT: 'Connecting took longer than `--connect-timeout`, or the file longer than `--max-time`.',
	E_STALLED: 'No byte came for `--stall-timeout`, until the retries ran out.',
	E_CHANGED: 'The file kept changing on the server while it was fetched.',
	E_CHECKSUM: 'The bytes are not those that a digest promised. No file is kept under the final name.',
	E_NO_SPACE: 'The disk or the quota is full. Make room and run it again to go on.',
	E_IO: 'The disk, the folder or standard output cannot be read or written.',
	E_EXISTS: 'The target exists and `--if-exists error` was asked for, or it is a folder.',
	E_LOCKED: 'Another process is downloading the same file to the same place.',
	E_UNSAFE_NAME: 'A name climbs out of its folder.',
	E_TLS: 'The certificate or the handshake. `--cacert` names a certificate authority to trust.',
	E_AUTH: 'The server wants to know who asks: 401, 403 or 407.',
	E_PROTOCOL: 'The response breaks HTTP in a way that makes its bytes doubtful.',
	E_TRUNCATED: 'The response ended before its own end, until the retries ran out.',
	E_TOO_LARGE: 'The file is larger than `--max-size`.',
	E_REDIRECT: 'Redirects that turn in circles, are too many, or lead from https to http.',
	E_ABORTED: 'Interrupted: 130 by SIGINT, 143 by SIGTERM. What can be kept is kept.',
}

/** The exit code of a failure; `reason` is what aborted it, where something did. */
export function exitCodeOf(error: DownloadError, reason?: unknown): number {
	if (error.code !== 'E_ABORTED' || !isDownloadError(reason)) return exitCodes[error.code]
	return reason.details['signal'] === 'SIGTERM' ? 143 : exitCodes[reason.code]
}
