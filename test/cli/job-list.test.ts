import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Entry } from '../../src/cli/input-file.ts'
import { planJobs } from '../../src/cli/job-list.ts'
import { nothingTyped, type Typed } from '../../src/cli/typed.ts'
import type { Job } from '../../src/session/session.ts'

const stdout = new Writable()

const plan = (entries: readonly (string | Entry)[], typed: Partial<Typed> = {}): readonly Job[] =>
	planJobs(
		entries.map(entry => (typeof entry === 'string' ? { url: entry } : entry)),
		{ ...nothingTyped(), ...typed },
		{ folder: '/home/me', stdout },
	)

const targets = (jobs: readonly Job[]): unknown[] => jobs.map(({ options }) => options.to)

test('jobs are numbered from 1 in the order given', () => {
	const jobs = plan(['http://host/b', 'http://host/a'])
	expect(jobs.map(({ id, url }) => [id, url.pathname])).toEqual([
		[1, '/b'],
		[2, '/a'],
	])
})

test.each<[string, Partial<Typed>, unknown]>([
	['neither -o nor -d', {}, '/home/me/'],
	['-d', { dir: 'new/folder' }, '/home/me/new/folder/'],
	['-d /', { dir: '/' }, '/'],
	['-d ..', { dir: '../you' }, '/home/you/'],
	['-o', { output: 'a/b.bin' }, '/home/me/a/b.bin'],
	['-o and -d', { output: 'b.bin', dir: '/data' }, '/data/b.bin'],
	['an absolute -o and -d', { output: '/tmp/b.bin', dir: '/data' }, '/tmp/b.bin'],
	['-o -', { output: '-', dir: '/data' }, stdout],
])('with %s the file goes there', (_, typed, to) => {
	expect(targets(plan(['http://host/a'], typed))).toEqual([to])
})

test('out, dir and checksum of an input file win over what the command line says for all', () => {
	const entry = { url: 'http://host/a', output: 'x', dir: 'in', checksum: 'md5=1' }
	const jobs = plan([entry, 'http://host/b'], { dir: 'out', download: { retries: 1 } })
	expect(jobs.map(({ options }) => options)).toEqual([
		{ retries: 1, checksum: 'md5=1', to: '/home/me/in/x' },
		{ retries: 1, to: '/home/me/out/' },
	])
})

test('mirrors of the line and of --mirror are of the one file', () => {
	const jobs = plan([{ url: 'http://host/a', mirrors: ['http://one/a'] }], { mirrors: ['http://two/a'] })
	expect(jobs[0]?.mirrors?.map(String)).toEqual(['http://one/a', 'http://two/a'])
	expect(plan(['http://host/a'])[0]?.mirrors).toEqual([])
})

test('a name that climbs out of its folder is refused, wherever it was written', () => {
	const unsafe = expect.objectContaining({ code: 'E_UNSAFE_NAME' })
	expect(() => plan(['http://host/a'], { output: '../x' })).toThrow(unsafe)
	expect(() => plan(['http://host/a'], { output: 'a/../../x' })).toThrow(unsafe)
	expect(() => plan([{ url: 'http://host/a', output: '../x' }])).toThrow(unsafe)
})

test.each<[string, string[], Partial<Typed>, string]>([
	['no URL', [], {}, 'No URL was given'],
	['-o for several files', ['http://host/a', 'http://host/b'], { output: 'x' }, '`--output` names one file'],
	[
		'--checksum for several files',
		['http://host/a', 'http://host/b'],
		{ download: { checksum: 'md5=1' } },
		'`--checksum` is the digest of one file',
	],
	[
		'--mirror for several files',
		['http://host/a', 'http://host/b'],
		{ mirrors: ['http://other/a'] },
		'`--mirror` is another address of one file',
	],
	['a mirror that is no URL', ['http://host/a'], { mirrors: ['elsewhere'] }, '`elsewhere` is not a URL'],
	['--json with -o -', ['http://host/a'], { json: true, output: '-' }, 'both want standard output'],
	['ftp', ['ftp://host/a'], {}, '`ftp://host/a` is not a URL'],
	['a path', ['/etc/passwd'], {}, '`/etc/passwd` is not a URL'],
])('%s is a usage error', (_, urls, typed, message) => {
	expect(() => plan(urls, typed)).toThrow(
		expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(message) }),
	)
})

test('a URL without its scheme is met with the one that was probably meant', () => {
	for (const url of ['example.com/file', 'localhost:8080/file']) {
		expect(() => plan([url])).toThrow(expect.objectContaining({ hint: `Did you mean https://${url}?` }))
	}
})

test('what is not a URL is shown without what may be a secret in it', () => {
	for (const url of ['ftp://me:SECRET@host/a?key=SECRET#SECRET', 'me:SECRET@host', 'host.com/a?SECRET']) {
		try {
			plan([url])
			expect.unreachable()
		} catch (error) {
			expect(`${error} ${JSON.stringify(error)}`).not.toContain('SECRET')
		}
	}
})

test('a bad URL of an input file is named with its line', () => {
	expect(() => plan([{ url: 'nowhere', where: 'line 7 of list' }])).toThrow('(line 7 of list)')
})
