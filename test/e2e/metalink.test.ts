import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pseudoRandom, sha256 } from '../support/body.ts'
import { nameOf } from '../support/origin/representation.ts'
import { type Script, startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(6_000_000)
const pieceBytes = 262_144

const pieces = Array.from({ length: Math.ceil(body.length / pieceBytes) }, (_, nth) => {
	const piece = body.subarray(nth * pieceBytes, (nth + 1) * pieceBytes)
	return `<hash>${createHash('sha1').update(piece).digest('hex')}</hash>`
})

const metalink = (url: string, { name = 'folder/file.bin', bytes = body.length } = {}): string =>
	`<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
	<file name="${name}">
		<size>${bytes}</size>
		<hash type="sha-256">${sha256(body)}</hash>
		<pieces type="sha-1" length="${pieceBytes}">${bytes === body.length ? pieces.join('') : ''}</pieces>
		<url priority="1">${url}</url>
	</file>
</metalink>`

/** Serves the Metalink beside the file, of which one bit at 3,000,000 is turned in the first answer. */
function damagedOnce(text: () => string): Script {
	const damaged = Buffer.from(body)
	damaged[3_000_000] = (damaged[3_000_000] as number) ^ 1
	const { etag } = nameOf(body)
	let asked = 0
	return ({ path }) => {
		if (path.endsWith('.meta4')) return { content: { body: Buffer.from(text()) } }
		asked += 1
		return asked === 1 ? { content: { body: damaged, etag: etag ?? null } } : undefined
	}
}

test('a described file comes under its name, checked by its digest', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	const path = join(folder.path, 'it.meta4')
	await writeFile(path, metalink(origin.url()))

	const { code, stderr } = await runCli(['get', '--metalink', path, '-d', folder.path])

	expect(code, stderr).toBe(0)
	expect(stderr).toContain('sha-256 verified (by Metalink)')
	expect((await readFile(join(folder.path, 'folder/file.bin'))).equals(body)).toBe(true)
})

test('by a Metalink at a URL, damage on the way costs one piece, and the file is right', async () => {
	const script = damagedOnce(() => metalink(origin.url()))
	await using origin = await startOrigin({ body, answer: script })
	await using folder = await tempDir()

	const args = ['--metalink', origin.url('/it.meta4'), '-d', folder.path, '-x', '1', '--json']
	const { code, stdout, stderr } = await runCli(args)

	expect(code, stderr).toBe(0)
	expect((await readFile(join(folder.path, 'folder/file.bin'))).equals(body)).toBe(true)
	const ranges = origin.requests.map(({ path, headers }) => [path, headers['range']])
	expect(ranges).toEqual([
		['/it.meta4', 'bytes=0-'],
		['/file.bin', 'bytes=0-'],
		['/file.bin', 'bytes=2883584-3145727'],
	])
	const done = stdout
		.trim()
		.split('\n')
		.map(line => JSON.parse(line))
		.find(({ event }) => event === 'done')
	expect(done).toMatchObject({
		bytes: body.length,
		bytesReceived: body.length + pieceBytes,
		verified: [{ source: 'metalink' }],
	})
})

test.each([
	['another length than the described one', { bytes: body.length - 1 }, 7],
	['a name that climbs out', { name: '../file.bin' }, 9],
] as const)('%s leaves nothing', async (_, described, exitCode) => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	const path = join(folder.path, 'it.meta4')
	await writeFile(path, metalink(origin.url(), described).replace(/<pieces.*/, ''))

	const { code, stderr } = await runCli(['--metalink', path, '-d', join(folder.path, 'inner')])

	expect(code, stderr).toBe(exitCode)
	expect(await readdir(folder.path, { recursive: true })).not.toContain('file.bin')
	expect(origin.bytesSent).toBeLessThan(body.length)
})
