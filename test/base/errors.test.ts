import { expect, test } from 'vitest'
import { DownloadError, isDownloadError } from '../../src/base/errors.ts'

test('an error carries its code, facts, hint and cause', () => {
	const cause = new Error('ECONNRESET')
	const error = new DownloadError('E_NETWORK', 'the line went', { details: { status: 503 }, hint: 'Try again.', cause })
	expect(error).toBeInstanceOf(Error)
	expect(error).toMatchObject({
		name: 'DownloadError',
		code: 'E_NETWORK',
		message: 'the line went',
		details: { status: 503 },
		hint: 'Try again.',
	})
	expect(error.cause).toBe(cause)
	expect('cause' in new DownloadError('E_IO', 'x')).toBe(false)
	expect(new DownloadError('E_IO', 'x').details).toEqual({})
})

test('it is known by its brand and code, in another copy of the package too', () => {
	const error = new DownloadError('E_IO', 'x')
	expect(isDownloadError(error)).toBe(true)
	expect(isDownloadError(error, 'E_IO')).toBe(true)
	expect(isDownloadError(error, 'E_NETWORK')).toBe(false)
	expect(isDownloadError({ isDownloadError: true, code: 'E_IO' }, 'E_IO')).toBe(true)
	for (const other of [undefined, null, 'E_IO', new Error('x'), { code: 'E_IO' }])
		expect(isDownloadError(other)).toBe(false)
})
