import { expect, test } from 'vitest'
import { DownloadError, type ErrorCode } from '../../src/base/errors.ts'
import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes.ts'

const promised: readonly (readonly [number, readonly ErrorCode[]])[] = [
	[1, ['E_INTERNAL']],
	[2, ['E_USAGE']],
	[3, ['E_NETWORK']],
	[4, ['E_HTTP_STATUS']],
	[5, ['E_TIMEOUT', 'E_STALLED']],
	[6, ['E_CHANGED']],
	[7, ['E_CHECKSUM']],
	[8, ['E_NO_SPACE', 'E_IO']],
	[9, ['E_EXISTS', 'E_LOCKED', 'E_UNSAFE_NAME']],
	[10, ['E_TLS']],
	[11, ['E_AUTH']],
	[12, ['E_PROTOCOL', 'E_TRUNCATED', 'E_TOO_LARGE', 'E_REDIRECT']],
	[130, ['E_ABORTED']],
]

test('every error code has the exit code that scripts were promised', () => {
	const listed = promised.flatMap(([exitCode, codes]) => codes.map(code => [code, exitCode]))
	expect(exitCodes).toEqual(Object.fromEntries(listed))
})

const bySignal = (signal: string): DownloadError => new DownloadError('E_ABORTED', '', { details: { signal } })

test.each<[string, DownloadError, unknown, number]>([
	['SIGINT', new DownloadError('E_ABORTED', ''), bySignal('SIGINT'), 130],
	['SIGTERM', new DownloadError('E_ABORTED', ''), bySignal('SIGTERM'), 143],
	['a reader that went away', new DownloadError('E_ABORTED', ''), new DownloadError('E_IO', ''), 8],
	['nobody', new DownloadError('E_ABORTED', ''), undefined, 130],
	['SIGTERM, after a failure of its own', new DownloadError('E_TLS', ''), bySignal('SIGTERM'), 10],
])('a download stopped by %s has an exit code that says so', (_, error, reason, exitCode) => {
	expect(exitCodeOf(error, reason)).toBe(exitCode)
})
