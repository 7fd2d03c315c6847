import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { runCommand } from '../../src/cli/run-command.ts'
import { aProbedEvent, aResult } from '../session/fake-client.ts'
import { FakeEnvironment } from './fake-environment.ts'

const run = (environment: FakeEnvironment, ...args: string[]): Promise<number> => runCommand(args, '1.2.3', environment)

test('every file that arrives is a line, and the exit code is 0', async () => {
	const environment = new FakeEnvironment()
	environment.client.begun = ({ succeed }) => succeed(aResult({ path: '/home/me/file.bin' }))
	expect(await run(environment, 'http://host/file.bin', '--retries', '2', '-H', 'X: y')).toBe(0)

	expect(environment.screen.written).toContain('file.bin: 1.0 KiB in 2.0 s')
	expect(environment.out).toBe('')
	expect(environment.client.runs[0]?.options).toMatchObject({ retries: 2, headers: { x: 'y' }, to: '/home/me/' })
	expect(environment.client.closed).toBe(true)
	expect(environment.catching).toBe(false)
	expect(environment.clock.pending).toBe(0)
})

test('the exit code is that of the first file in the order given that failed, whichever failed first', async () => {
	const environment = new FakeEnvironment()
	environment.files.set('list', 'http://host/1\nhttp://host/2\nhttp://host/3\n')
	const exitCode = run(environment, '-i', 'list')
	await environment.client.untilBegun(3)
	const [first, second, third] = environment.client.runs
	third?.fail(new DownloadError('E_CHECKSUM', 'three'))
	await new Promise(resolve => setImmediate(resolve))
	second?.fail(new DownloadError('E_HTTP_STATUS', 'two', { hint: 'Check the address.' }))
	first?.succeed()

	expect(await exitCode).toBe(4)
	expect(environment.screen.written).toContain('skein: http://host/2: two. Check the address.\n')
	expect(environment.screen.written).toContain('skein: http://host/3: three\n')
})

test('with --json standard output has events alone, the summary last', async () => {
	const environment = new FakeEnvironment()
	environment.client.begun = fake => {
		fake.tell(aProbedEvent)
		if (fake.url.endsWith('a')) fake.succeed()
		else fake.fail(new DownloadError('E_TLS', 'bad certificate'))
	}
	expect(await run(environment, 'http://host/a', 'http://host/b', '--json', '-j', '1')).toBe(10)

	const events = environment.out
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line))
	expect(events.map(({ event, id }) => [event, id])).toEqual([
		['probed', 1],
		['progress', 1],
		['done', 1],
		['probed', 2],
		['progress', 2],
		['failed', 2],
		['summary', undefined],
	])
	expect(environment.screen.written).toBe('skein: http://host/b: bad certificate\n')
})

test('with -q nothing is said but errors', async () => {
	const environment = new FakeEnvironment()
	environment.client.begun = fake => {
		fake.tell(aProbedEvent)
		fake.tell({ event: 'notice', message: 'the server ignores ranges' })
		if (fake.url.endsWith('a')) fake.succeed()
		else fake.fail(new DownloadError('E_TLS', 'bad certificate'))
	}
	expect(await run(environment, '-q', 'http://host/a', 'http://host/b')).toBe(10)
	expect(environment.screen.written).toBe('skein: http://host/b: bad certificate\n')
	expect(environment.out).toBe('')
})

test.each([
	['SIGINT', 130],
	['SIGTERM', 143],
] as const)('%s stops every file, says how to go on, and exits with %d', async (signal, expected) => {
	const environment = new FakeEnvironment()
	const exitCode = run(environment, 'http://host/a', 'http://host/b', 'http://host/c', '-j', '2')
	await environment.client.untilBegun(2)
	environment.client.runs[0]?.succeed()
	await environment.client.untilBegun(3)
	environment.interrupt(signal)

	expect(await exitCode).toBe(expected)
	expect(environment.screen.written.trimEnd().split('\n').slice(-2)).toEqual([
		'skein: stopping, and keeping the progress … once more stops at once',
		'skein: Interrupted. Run the same command again to go on from what could be kept.',
	])
	expect(environment.client.closed).toBe(true)
})

test('a file that goes to standard output is handed the stream, and an interrupt does not promise to go on', async () => {
	const environment = new FakeEnvironment()
	const exitCode = run(environment, 'http://host/a', '-o', '-')
	await environment.client.untilBegun(1)
	expect(environment.client.runs[0]?.options.to).toBe(environment.stdout)
	environment.interrupt('SIGINT')
	expect(await exitCode).toBe(130)
	expect(environment.screen.written).toContain('What standard output got is not the whole file.')
})

test('what all files share reaches the client, and a certificate file is read', async () => {
	const environment = new FakeEnvironment()
	environment.files.set('ca.pem', '-----BEGIN CERTIFICATE-----\n')
	environment.client.begun = fake => fake.succeed()
	await run(environment, 'https://host/a', '--max-per-host', '4', '--cacert', 'ca.pem', '--insecure')
	expect(environment.clientOptions).toEqual({
		maxPerHost: 4,
		insecure: true,
		ca: '-----BEGIN CERTIFICATE-----\n',
	})
})

test.each([
	[['-i', 'nowhere']],
	[['http://host/a', '--cacert', 'nowhere']],
	[['http://host/a', '--cacert', 'empty']],
	[['-i', 'empty']],
	[['verify', 'a.bin']],
	[['probe', 'ftp://host/a']],
])('%j is a usage error, and nothing is done', async args => {
	const environment = new FakeEnvironment()
	environment.files.set('empty', '')
	await expect(run(environment, ...args)).rejects.toMatchObject({ code: 'E_USAGE' })
	expect(environment.client.runs).toEqual([])
	expect(environment.catching).toBe(false)
})

test('probe says what is offered, as text or as events of which the first is `probed`', async () => {
	const environment = new FakeEnvironment()
	const { event: _, ...probed } = aProbedEvent
	const about = {
		name: 'file.bin',
		redirects: [],
		digests: [],
		mirrors: [],
		etag: '"a"',
		lastModified: null,
		contentType: null,
	}
	environment.client.offer = { ...probed, ...about }
	expect(await run(environment, 'probe', 'http://host/file.bin', '--json')).toBe(0)
	const [first, second] = environment.out.split('\n').map(line => JSON.parse(line || '{}'))
	expect(first).toEqual({ ...aProbedEvent, id: 1 })
	expect(second).toEqual({ event: 'offer', id: 1, ...about })
	expect(await run(environment, 'probe', 'http://host/file.bin')).toBe(0)
	expect(environment.out).toContain('validator  ETag "a"\n')
})

test('a probe that fails says why, and as an event too', async () => {
	const environment = new FakeEnvironment()
	expect(await run(environment, 'probe', 'http://host/x', '--json')).toBe(4)
	expect(JSON.parse(environment.out)).toMatchObject({ event: 'failed', id: 1, code: 'E_HTTP_STATUS' })
	expect(environment.screen.written).toBe('skein: http://host/x answered 404\n')
})

test('verify says that a file is right, and fails where it is not', async () => {
	const environment = new FakeEnvironment()
	expect(await run(environment, 'verify', 'a.bin', '--checksum', 'md5=00')).toBe(0)
	expect(environment.out).toBe('a.bin: md5 verified, 2.0 KiB\n')
	await expect(run(environment, 'verify', 'a.bin', '--checksum', 'md5=bad')).rejects.toMatchObject({
		code: 'E_CHECKSUM',
		message: '/home/me/a.bin is another file',
	})
})

test('help and version go to standard output', async () => {
	const environment = new FakeEnvironment()
	expect(await run(environment, '--version')).toBe(0)
	expect(environment.out).toBe('skein 1.2.3\n')
	expect(await run(environment, '--help')).toBe(0)
	expect(environment.out).toContain('Usage: skein URL…')
})
