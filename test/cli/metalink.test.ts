import type { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { runCommand } from '../../src/cli/run-command.ts'
import { md5, sha1, sha256, v4 } from '../metalink/documents.ts'
import type { FakeRun } from '../session/fake-client.ts'
import { FakeEnvironment } from './fake-environment.ts'

const run = (environment: FakeEnvironment, ...args: string[]): Promise<number> => runCommand(args, '1.2.3', environment)

const described = `<size>5</size><hash type="md5">${md5}</hash><hash type="sha-256">${sha256}</hash>
	<pieces type="sha-1" length="8"><hash>${sha1}</hash></pieces>
	<url priority="2">http://far.host/a</url><url priority="1">http://host/a?token=x</url>`
const one = v4(described, 'folder/file.bin')
const two = one.replace('</metalink>', '<file name="b.bin"><url>http://host/b</url></file></metalink>')

const digest = { algorithm: 'sha-256', value: sha256, source: 'metalink' }
const pieces = { algorithm: 'sha-1', pieceBytes: 8, hashes: [sha1] }

/** Whose files end well, and whose Metalink at a URL is `text`. */
function environmentWith(text: string): FakeEnvironment {
	const environment = new FakeEnvironment()
	environment.files.set('it.meta4', text)
	environment.client.begun = ({ url, options, succeed }: FakeRun) => {
		if (url.endsWith('.meta4')) (options.to as Writable).write(text)
		succeed()
	}
	return environment
}

const optionsOf = ({ client }: FakeEnvironment): unknown[] =>
	client.runs.map(({ url, options: { signal: _, ...options } }) => ({ url, ...options }))

test('each described file is one download, from its best address and its mirrors, under its own name', async () => {
	const environment = environmentWith(two)
	expect(await run(environment, '--metalink', 'it.meta4', '-d', 'to', '--retries', '3')).toBe(0)
	expect(optionsOf(environment)).toEqual([
		{
			url: 'http://host/a?token=x,http://far.host/a',
			to: '/home/me/to/folder/file.bin',
			...{ retries: 3, bytes: 5, checksum: digest, pieces },
		},
		{ url: 'http://host/b', to: '/home/me/to/b.bin', retries: 3 },
	])
	expect(environment.client.closed).toBe(true)
})

test('what was typed for the one file wins', async () => {
	const environment = environmentWith(one)
	expect(await run(environment, '--metalink', 'it.meta4', '-o', 'other', '--checksum', `md5=${md5}`)).toBe(0)
	expect(optionsOf(environment)).toEqual([
		{ url: 'http://host/a?token=x,http://far.host/a', to: '/home/me/other', bytes: 5, checksum: `md5=${md5}`, pieces },
	])
})

test('a Metalink at a URL is fetched first, and no more of it than one can be', async () => {
	const environment = environmentWith(one)
	expect(await run(environment, '--metalink', 'http://host/it.meta4', '-x', '8', '--max-redirects', '2')).toBe(0)
	expect(optionsOf(environment)).toEqual([
		{
			url: 'http://host/it.meta4',
			to: expect.anything(),
			...{ connections: 1, maxBytes: 16 * 1024 * 1024, maxRedirects: 2, headers: {} },
		},
		expect.objectContaining({ url: 'http://host/a?token=x,http://far.host/a', connections: 8 }),
	])
})

test('headers go to the origin of the Metalink, and to no other that it names', async () => {
	const header = ['-H', 'Authorization: secret']
	const environment = environmentWith(two.replace('http://host/b', 'http://evil.host/b'))
	expect(await run(environment, '--metalink', 'http://host/it.meta4', ...header)).toBe(0)
	expect(environment.client.runs.map(({ url, options }) => [new URL(url).host, options.headers])).toEqual([
		['host', { authorization: 'secret' }],
		['host', { authorization: 'secret' }],
		['evil.host', undefined],
	])
})

test.each<[string, string, string[], number, string]>([
	['a file that is not there', one, ['--metalink', 'no.meta4'], 2, '`--metalink` no.meta4 cannot be read'],
	['a file that is no Metalink', 'x', ['--metalink', 'it.meta4'], 2, 'The Metalink it.meta4 cannot be used'],
	[
		'a page in place of one',
		'<html/>',
		['--metalink', 'http://host/it.meta4?key=1'],
		12,
		'Metalink http://host/it.meta4 cannot',
	],
	[
		'a name that climbs out',
		v4(described, '../x'),
		['--metalink', 'it.meta4'],
		9,
		'is no path within its folder (line 3)',
	],
	['one name for several files', two, ['--metalink', 'it.meta4', '-o', 'x'], 2, '`--output` names one file'],
	[
		'one checksum for several files',
		two,
		['--metalink', 'it.meta4', '--checksum', `md5=${md5}`],
		2,
		'`--checksum` is the',
	],
	['headers that are for nobody', one, ['--metalink', 'it.meta4', '-u', 'me:secret'], 2, 'Headers go to the origin'],
])('with %s nothing is downloaded', async (_, text, args, exitCode, message) => {
	const environment = environmentWith(text)
	const failure = (await run(environment, ...args).catch(error => error)) as DownloadError
	expect(failure).toBeInstanceOf(DownloadError)
	expect(failure.message).toContain(message)
	expect(failure.message).not.toMatch(/key=1|secret/)
	expect(environment.client.runs.filter(({ url }) => !url.includes('.meta4'))).toEqual([])
	expect(environment.client.closed).toBe(true)
	const { exitCodes } = await import('../../src/cli/exit-codes.ts')
	expect(exitCodes[failure.code]).toBe(exitCode)
})

test('what keeps the document from coming is what the command ends with', async () => {
	const environment = new FakeEnvironment()
	environment.client.begun = ({ fail }) => fail(new DownloadError('E_HTTP_STATUS', 'host answered 404'))
	await expect(run(environment, '--metalink', 'http://host/it.meta4')).rejects.toMatchObject({ code: 'E_HTTP_STATUS' })
	expect(environment.client.closed).toBe(true)
})
