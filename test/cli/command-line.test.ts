import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { type CommandLine, parseCommandLine } from '../../src/cli/command-line.ts'
import { longName } from '../../src/cli/flag.ts'
import { flags } from '../../src/cli/flags.ts'
import type { Typed } from '../../src/cli/typed.ts'

const parse = (...args: string[]): CommandLine => parseCommandLine(args, '1.2.3', 80)

function typed(...args: string[]): Typed {
	const asked = parse(...args, 'http://host/x')
	if (asked.command !== 'get') throw new Error(`not get but ${asked.command}`)
	return asked.typed
}

function refusal(...args: string[]): DownloadError {
	try {
		parse(...args)
	} catch (error) {
		if (error instanceof DownloadError) return error
		throw error
	}
	throw new Error('was accepted')
}

test('a URL alone is the same as `get URL`', () => {
	expect(parse('http://host/a', 'http://host/b')).toEqual(parse('get', 'http://host/a', 'http://host/b'))
	expect(parse('http://host/a', '-j', '2')).toEqual(parse('-j', '2', 'http://host/a'))
	expect(parse('http://host/a')).toMatchObject({ command: 'get', urls: ['http://host/a'] })
})

test('what is not typed is not set: the API has the defaults', () => {
	expect(typed()).toEqual({
		filesAtOnce: 4,
		json: false,
		explain: false,
		quiet: false,
		mirrors: [],
		headers: new Map(),
		download: {},
		client: {},
	})
})

test.each<[string, string[], object]>([
	['-o', ['-o', 'a.bin'], { output: 'a.bin' }],
	['--output', ['--output', '-'], { output: '-' }],
	['-d', ['-d', 'folder'], { dir: 'folder' }],
	['-i', ['-i', '-'], { inputFile: '-' }],
	['-j', ['-j', '9'], { filesAtOnce: 9 }],
	['-x N', ['-x', '16'], { download: { connections: 16 } }],
	['-x auto', ['-xauto'], { download: { connections: 'auto' } }],
	['--max-connections', ['--max-connections', '64'], { download: { maxConnections: 64 } }],
	['--max-per-host', ['--max-per-host', '8'], { client: { maxPerHost: 8 } }],
	['--limit-rate', ['--limit-rate', '500K'], { client: { limitRate: 512_000 } }],
	['--min-split', ['--min-split', '1M'], { download: { minSplitBytes: 1048576 } }],
	['--checksum', ['--checksum', 'md5=00'], { download: { checksum: 'md5=00' } }],
	['--retries', ['--retries', '0'], { download: { retries: 0 } }],
	['--connect-timeout', ['--connect-timeout', '2.5'], { download: { connectTimeoutMs: 2500 } }],
	['--stall-timeout', ['--stall-timeout=.5'], { download: { stallTimeoutMs: 500 } }],
	['--max-time', ['--max-time', '90'], { download: { maxTimeMs: 90_000 } }],
	['--max-redirects', ['--max-redirects', '0'], { download: { maxRedirects: 0 } }],
	['--max-size', ['--max-size', '2GB'], { download: { maxBytes: 2e9 } }],
	['--if-exists', ['--if-exists', 'skip'], { download: { ifExists: 'skip' } }],
	['--metalink', ['--metalink', 'it.meta4'], { metalink: 'it.meta4' }],
	['--fresh', ['--fresh'], { download: { fresh: true } }],
	['--sync', ['--sync'], { download: { sync: true } }],
	['--insecure', ['--insecure'], { client: { insecure: true } }],
	['--cacert', ['--cacert', 'ca.pem'], { cacertFile: 'ca.pem' }],
	['-A', ['-A', 'me/1'], { download: { userAgent: 'me/1' } }],
	['-H', ['-H', 'X-A: b: c '], { headers: new Map([['x-a', 'b: c']]) }],
	['-H twice', ['-H', 'X: 1', '-H', 'x:2'], { headers: new Map([['x', '1, 2']]) }],
	['-H Cookie twice', ['-H', 'Cookie: a=1', '-H', 'Cookie: b=2'], { headers: new Map([['cookie', 'a=1; b=2']]) }],
	['--mirror twice', ['--mirror', 'http://a/', '--mirror', 'http://b/'], { mirrors: ['http://a/', 'http://b/'] }],
	['-e', ['-e', 'http://from/'], { headers: new Map([['referer', 'http://from/']]) }],
	['-u', ['-u', 'me:p:w'], { headers: new Map([['authorization', 'Basic bWU6cDp3']]) }],
	['--json', ['--json'], { json: true }],
	['--explain', ['--explain'], { explain: true }],
	['-q', ['-q'], { quiet: true }],
])('%s is understood', (_, args, expected) => {
	expect(typed(...args)).toMatchObject(expected)
})

test('every flag of the list has a row in the table above', () => {
	const tested = new Set([
		...['--output', '--dir', '--input-file', '--jobs', '--connections', '--user-agent', '--header', '--referer'],
		...['--user', '--quiet', '--max-connections', '--max-per-host', '--min-split', '--checksum', '--retries'],
		...['--connect-timeout', '--stall-timeout', '--max-time', '--max-redirects', '--max-size', '--if-exists'],
		...['--fresh', '--sync', '--insecure', '--cacert', '--json', '--mirror', '--metalink', '--limit-rate'],
		'--explain',
	])
	expect(new Set(flags.map(longName))).toEqual(tested)
})

test.each<[string[], string]>([
	[
		['--limit-rate', '0'],
		'Expected `--limit-rate` to be bytes a second, more than 0, such as `500K` or `2MB`, got `0`',
	],
	[['-x', '0'], 'Expected `--connections` to be `auto` or a whole number of 1 or more, got `0`'],
	[['-x', '1.5'], 'Expected `--connections` to be `auto` or a whole number of 1 or more, got `1.5`'],
	[['-j', '-1'], 'Expected `--jobs` to be a whole number of 1 or more, got `-1`'],
	[['--retries', 'many'], 'Expected `--retries` to be a whole number of 0 or more, got `many`'],
	[['--max-time', '0'], 'Expected `--max-time` to be a number of seconds above 0, got `0`'],
	[['--max-time', '1e999'], 'Expected `--max-time` to be a number of seconds above 0, got `1e999`'],
	[['--max-size', '5X'], 'Expected `--max-size` to be a size above 0, such as `500K`, `2MB` or `1.5G`, got `5X`'],
	[['--if-exists', 'ask'], 'Expected `--if-exists` to be one of rename, overwrite, skip, error, got `ask`'],
	[['-o', ''], 'Expected `--output` to be a text that is not empty, got ``'],
	[['-H', 'no colon'], 'Expected `--header` to be a header such as `Name: value`, got something else'],
	[['-H', 'A: b\r\nC: d'], 'Expected `--header` to be a header such as `Name: value`, got something else'],
	[['-u', 'secret'], 'Expected `--user` to be `NAME:PASS`, got something else'],
	[['-A', 'a\nb'], 'Expected `--user-agent` to be a text without control characters, got `a\nb`'],
])('%j is a usage error that says what was wanted', (args, message) => {
	expect(refusal(...args, 'http://host/x')).toMatchObject({ code: 'E_USAGE', message })
})

test.each<[string[], string, string]>([
	[['--frsh', 'http://host/x'], "Unknown option '--frsh'", 'Did you mean --fresh?'],
	[['--torrent', 'http://host/x'], "Unknown option '--torrent'", 'See `skein --help`.'],
	[['-Z', 'http://host/x'], "Unknown option '-Z'", 'See `skein --help`.'],
	[['probe', 'http://host/x', '--fresh'], "Unknown option '--fresh'", 'See `skein --help`.'],
	[['probe'], "Missing required argument 'URL'", 'See `skein --help`.'],
	[['http://host/x', '-o'], "Option '-o, --output <FILE>' argument missing", 'See `skein --help`.'],
])('%j is a usage error with a hint', (args, message, hint) => {
	expect(refusal(...args)).toMatchObject({ code: 'E_USAGE', message, hint })
})

test('the other commands take their argument and their own flags', () => {
	expect(parse('probe', 'http://host/x', '--json')).toMatchObject({ command: 'probe', url: 'http://host/x' })
	expect(parse('verify', 'a.bin', '--checksum', 'md5=0')).toMatchObject({ command: 'verify', file: 'a.bin' })
	expect(parse('demo')).toEqual({ command: 'demo' })
	expect(parse('--version')).toEqual({ command: 'say', text: 'skein 1.2.3\n' })
})

test('help names every flag of the command, and without a command those of get', () => {
	for (const args of [['--help'], ['get', '--help'], ['http://host/x', '-h']]) {
		const asked = parse(...args)
		const text = asked.command === 'say' ? asked.text : ''
		const missing = flags.filter(({ names, users }) => users.includes('get') && !text.includes(names))
		expect(missing).toEqual([])
	}
	expect(parse('verify', '--help')).toMatchObject({ text: expect.not.stringContaining('--fresh') })
})

test('no line of the help is wider than the window', () => {
	for (const columns of [60, 80, 120]) {
		const asked = parseCommandLine(['--help'], '1.2.3', columns)
		const lines = asked.command === 'say' ? asked.text.split('\n') : []
		expect(lines.filter(line => line.length > columns)).toEqual([])
	}
})
