import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Place } from '../../src/destination/contract.ts'
import { type TempDir, tempDir } from '../support/temp-dir.ts'
import { destinationIn, elsewhere, finish, here, newFile, openPlace } from './disk.ts'
import { startTypescript } from './run-typescript.ts'

/** A folder for each place that the other process holds. */
const places = {
	same: { urlDigest: here.urlDigest },
	other: { urlDigest: elsewhere.urlDigest },
	unjournaled: { urlDigest: elsewhere.urlDigest, bytes: 100_000 },
} as const

let root: TempDir
let other: ChildProcess
const folder = (name: keyof typeof places): string => join(root.path, name)

beforeAll(async () => {
	root = await tempDir()
	const wanted = Object.entries(places).map(([name, place]) => {
		const directory = folder(name as keyof typeof places)
		mkdirSync(directory)
		return JSON.stringify({ directory, ...place })
	})
	other = startTypescript('test/destination/open-place.ts', { args: wanted })
	other.stderr?.pipe(process.stderr)
	const [line] = other.stdout === null ? [] : await once(other.stdout, 'data')
	expect(JSON.parse(String(line))).toEqual(
		Object.keys(places).map(name => ({ path: join(root.path, name, 'file.bin') })),
	)
})

afterAll(async () => {
	other.kill('SIGKILL')
	await root[Symbol.asyncDispose]()
})

/** Without a PATH no `flock` is found, and the socket alone must do. The other process always has both. */
async function withPath<T>(path: string | undefined, work: () => Promise<T>): Promise<T> {
	const before = process.env['PATH']
	process.env['PATH'] = path
	try {
		return await work()
	} finally {
		process.env['PATH'] = before
	}
}

const ways: readonly (readonly [string, string | undefined])[] = [
	['with a flock command', process.env['PATH']],
	['without one', '/nonexistent'],
]

describe.each(ways)('what another process holds, %s,', (_, path) => {
	test('is E_LOCKED for the same URL', () =>
		withPath(path, async () => {
			const destination = destinationIn(folder('same'))
			await expect(destination.findUnfinished('file.bin', here)).rejects.toMatchObject({ code: 'E_LOCKED' })
			await expect(destination.open(newFile())).rejects.toMatchObject({ code: 'E_LOCKED' })
		}))

	test.each(['other', 'unjournaled'] as const)('is left alone by another URL, which takes the next name (%s)', name =>
		withPath(path, async () => {
			const destination = destinationIn(folder(name))
			expect(await destination.findUnfinished('file.bin', here)).toBeUndefined()
			const place = await openPlace(destination, newFile())
			expect(place.path).toBe(join(folder(name), 'file.1.bin'))
			await place.sink.discard()
			expect(destination.notices).toEqual([])
			expect(readdirSync(folder(name))).toContain('file.bin.part')
		}),
	)
})

test('a lock that flock took stays on our descriptor when the command has ended, and goes with it', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path), newFile())
	const part = join(folder.path, 'file.bin.part')
	expect(await tryFlock(part)).toBe(1)
	await place.sink.close()
	expect(await tryFlock(part)).toBe(0)
})

// The last of this file: it ends the other process.
test('SIGKILL frees what a process held, and another goes on with its file at once', async () => {
	const closed = once(other, 'close')
	other.kill('SIGKILL')
	await closed
	const destination = destinationIn(folder('same'))
	const place = (await destination.findUnfinished('file.bin', here)) as Place
	expect(place.state).toMatchObject({ header: here, records: [] })
	expect(await finish(place)).toBe(join(folder('same'), 'file.bin'))
	expect(destination.notices).toEqual([])
})

async function tryFlock(path: string): Promise<number> {
	const [code] = await once(spawn('flock', ['-n', path, 'true']), 'close')
	return code
}
