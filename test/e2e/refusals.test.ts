import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = Buffer.from('what the server has')

interface Refusal {
	readonly what: string
	/** `URL` stands for the origin's address. */
	readonly args: readonly string[]
	readonly code: number
	/** What the line has to say. */
	readonly says: RegExp
}

const refusals: readonly Refusal[] = [
	{ what: 'an unknown scheme', args: ['ftp://example.org/file'], code: 2, says: /ftp/ },
	{ what: 'a bad URL', args: ['http://'], code: 2, says: /http:\/\// },
	{ what: 'an unknown option', args: ['URL', '--conections', '4'], code: 2, says: /--connections/ },
	{ what: 'a wrong number', args: ['URL', '-x', 'many'], code: 2, says: /many/ },
	{ what: 'a wrong checksum', args: ['URL', '--checksum', 'sha256=abc'], code: 2, says: /sha256/ },
	{ what: 'a name that climbs out', args: ['URL', '-o', '../climbed'], code: 9, says: /\.\.\/climbed/ },
	{ what: 'a missing file', args: ['URL/missing'], code: 4, says: /404/ },
	{
		what: 'a refused connection',
		args: ['http://127.0.0.1:1/file', '--retries', '0'],
		code: 3,
		says: /refused|ECONNREFUSED/,
	},
	{
		what: 'a host that nobody knows',
		args: ['http://nobody.invalid/file', '--retries', '0'],
		code: 3,
		says: /nobody\.invalid/,
	},
	{ what: 'a login that is needed', args: ['URL/login'], code: 11, says: /401/ },
	{ what: 'a digest that differs', args: ['URL', '--checksum', `md5=${'0'.repeat(32)}`], code: 7, says: /md5/ },
	{ what: 'more than was allowed', args: ['URL', '--max-size', '3'], code: 12, says: /max-size/ },
	{ what: 'a redirect in a circle', args: ['URL/circle'], code: 12, says: /circle/ },
]

test.each(refusals)('$what gets its exit code and one line, and leaves nothing', async ({ args, code, says }) => {
	await using origin = await startOrigin({
		body,
		answer: ({ path }) => {
			if (path === '/missing') return { status: 404, body: 'not here' }
			if (path === '/login') return { status: 401, body: 'who?' }
			return path === '/circle' ? { redirect: '/circle' } : undefined
		},
	})
	await using folder = await tempDir()
	const address = (arg: string): string =>
		arg.replace(/^URL/, arg === 'URL' ? origin.url() : origin.url('/').slice(0, -1))

	const run = await runCli([...args.map(address), '-d', folder.path, '-q'])

	expect(run.code, run.stderr).toBe(code)
	expect(run.stderr).toMatch(says)
	expect(run.stderr.trim().split('\n')).toHaveLength(1)
	expect(run.stdout).toBe('')
	expect(await readdir(folder.path)).toEqual([])
})

test('an existing file is never touched unless overwriting was asked for', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	const existing = join(folder.path, 'file.bin')
	await writeFile(existing, 'mine')
	const get = (choice: string[]) => runCli([origin.url(), '-d', folder.path, '-q', ...choice])

	expect((await get(['--if-exists', 'error'])).code).toBe(9)
	expect((await get(['--if-exists', 'skip'])).code).toBe(0)
	expect((await get([])).code).toBe(0)
	expect(await readFile(existing, 'utf8')).toBe('mine')
	expect(await readFile(join(folder.path, 'file.1.bin'))).toEqual(body)

	expect((await get(['--if-exists', 'overwrite'])).code).toBe(0)
	expect(await readFile(existing)).toEqual(body)
	expect((await readdir(folder.path)).sort()).toEqual(['file.1.bin', 'file.bin'])
})

test('a folder that cannot be made is said to be so, before anything is lost', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	await writeFile(join(folder.path, 'in-the-way'), 'a file')

	const { code, stderr } = await runCli([origin.url(), '-d', join(folder.path, 'in-the-way', 'below'), '-q'])

	expect(code).toBe(8)
	expect(stderr).toContain('in-the-way')
	expect(await readFile(join(folder.path, 'in-the-way'), 'utf8')).toBe('a file')
})
