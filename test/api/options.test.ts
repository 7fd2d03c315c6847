import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import type { DownloadOptions } from '../../src/api/options.ts'

const wrong: readonly [what: string, url: unknown, options: unknown][] = [
	['no URL', 'somewhere', {}],
	['another scheme', 'ftp://example.org/file', {}],
	['an empty list of URLs', [], {}],
	['a mirror that is none', ['http://example.org/a', 'somewhere'], {}],
	['options that are none', 'http://example.org/a', null],
	['a misspelled option', 'http://example.org/a', { conections: 4 }],
	['no connections', 'http://example.org/a', { connections: 0 }],
	['half a connection', 'http://example.org/a', { connections: 1.5 }],
	['a negative timeout', 'http://example.org/a', { stallTimeoutMs: -1 }],
	['a place that is none', 'http://example.org/a', { to: 5 }],
	['a signal that is none', 'http://example.org/a', { signal: {} }],
	['a choice that is none', 'http://example.org/a', { ifExists: 'replace' }],
	['a function that is none', 'http://example.org/a', { refresh: 'http://example.org/b' }],
	['a checksum that is none', 'http://example.org/a', { checksum: 'sha256=xyz' }],
	['a header that skein sets itself', 'http://example.org/a', { headers: { Range: 'bytes=0-5' } }],
]

test.each(wrong)('%s is E_USAGE at once, and says what was wanted', (_what, url, options) => {
	const client = createClient()

	const download = (): unknown => client.download(url as string, options as DownloadOptions)

	expect(download).toThrow(expect.objectContaining({ code: 'E_USAGE' }))
})
