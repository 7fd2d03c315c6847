import {
	chmodSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import type { Place } from '../../src/destination/contract.ts'
import { sinkContract } from '../contract/sink.ts'
import { pseudoRandom, sha256 } from '../support/body.ts'
import { tempDir } from '../support/temp-dir.ts'
import { body, destinationIn, elsewhere, finish, here, largeBytes, newFile, openPlace } from './disk.ts'
import { runTypescript } from './run-typescript.ts'

const small = pseudoRandom(1_000, 7)
const smallFile = newFile({ bytes: small.length })

for (const [name, file] of [
	['a file without a journal', newFile({ bytes: undefined })],
	['a small file', smallFile],
] as const) {
	sinkContract(`the sink of ${name}`, async () => {
		const folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), file)
		const content = async () => readFileSync(join(folder.path, 'file.bin'))
		return { sink: place.sink, content, cleanUp: () => folder[Symbol.asyncDispose]() }
	})
}

describe('a new download', () => {
	test('of a large file has a sparse .part of its full size and a journal, both for its owner alone', async () => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), newFile())
		expect(readdirSync(folder.path).sort()).toEqual(['file.bin.part', 'file.bin.part.journal'])
		const part = statSync(join(folder.path, 'file.bin.part'))
		expect({ size: part.size, blocks: part.blocks, mode: part.mode & 0o777 }).toEqual({
			size: largeBytes,
			blocks: 0,
			mode: 0o600,
		})
		expect(statSync(join(folder.path, 'file.bin.part.journal')).mode & 0o777).toBe(0o600)
		expect(await place.journal?.load()).toMatchObject({ header: { ...here, bytes: largeBytes }, records: [] })
		expect(place).toMatchObject({ path: join(folder.path, 'file.bin'), state: undefined })
		await place.sink.close()
	})

	test.each([
		['not large', newFile({ bytes: 100_000 })],
		['of unknown length', newFile({ bytes: undefined })],
		['without a validator', newFile({ resumable: false })],
	])('of a file that is %s has no journal', async (_, file) => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), file)
		expect(place.journal).toBeUndefined()
		expect(readdirSync(folder.path)).toEqual(['file.bin.part'])
		await place.sink.close()
	})

	test.each([
		['a large one', newFile(), body],
		['a small one', smallFile, small],
		['an empty one', newFile({ bytes: 0 }), Buffer.alloc(0)],
	])(
		'ends as %s with its bytes, its name, the mode of a plain file, and nothing beside it',
		async (_, file, content) => {
			await using folder = await tempDir()
			const path = join(folder.path, 'file.bin')
			expect(await finish(await openPlace(destinationIn(folder.path), file), content)).toBe(path)
			expect(Buffer.compare(readFileSync(path), content)).toBe(0)
			writeFileSync(join(folder.path, 'plain'), '')
			expect(statSync(path).mode).toBe(statSync(join(folder.path, 'plain')).mode)
			expect(readdirSync(folder.path)).toEqual(['file.bin', 'plain'])
		},
	)

	test('makes the folders that are missing', async () => {
		await using folder = await tempDir()
		const destination = destinationIn(join(folder.path, 'a', 'b'))
		expect(await destination.findUnfinished('file.bin', here)).toBeUndefined()
		expect(readdirSync(folder.path)).toEqual([])
		expect(await finish(await openPlace(destination, smallFile), small)).toBe(join(folder.path, 'a', 'b', 'file.bin'))
	})

	test('that is discarded leaves nothing, and one that is closed leaves what it has', async () => {
		await using folder = await tempDir()
		const discarded = await openPlace(destinationIn(folder.path), newFile())
		await discarded.sink.write(0, body, { crc: false })
		await discarded.sink.discard()
		expect(readdirSync(folder.path)).toEqual([])
		const closed = await openPlace(destinationIn(folder.path), newFile())
		await closed.sink.close()
		expect(readdirSync(folder.path)).toHaveLength(2)
	})

	test('hashes the content as it grows', async () => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), newFile())
		const hashing = place.hash(['sha-256'])
		await place.sink.write(0, body, { crc: false })
		hashing.advance(body.length)
		expect((await hashing.finish(body.length)).get('sha-256')).toBe(sha256(body))
		await hashing.close()
		await place.sink.discard()
	})

	test.each(['', '.', '..', 'a/b', '/etc/passwd', '../a', 'a\0b'])('under the name %j is E_UNSAFE_NAME', async name => {
		await using folder = await tempDir()
		const destination = destinationIn(folder.path)
		await expect(destination.open(newFile({ name }))).rejects.toMatchObject({ code: 'E_UNSAFE_NAME' })
		await expect(destination.findUnfinished(name, here)).rejects.toMatchObject({ code: 'E_UNSAFE_NAME' })
	})

	test('for which the disk has no room is E_NO_SPACE, and leaves nothing', async () => {
		await using folder = await tempDir()
		const huge = destinationIn(folder.path).open(newFile({ bytes: 2 ** 52 }))
		await expect(huge).rejects.toMatchObject({ code: 'E_NO_SPACE', hint: expect.stringContaining('--dir') })
		expect(readdirSync(folder.path)).toEqual([])
	})

	test('into a folder that may not be written to is E_IO that says so', async () => {
		await using folder = await tempDir()
		chmodSync(folder.path, 0o555)
		const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {}
		const wanted = JSON.stringify({ directory: folder.path, urlDigest: here.urlDigest, ...nobody })
		const { stdout, stderr } = await runTypescript('test/destination/open-place.ts', { args: [wanted] })
		expect(stderr).toBe('')
		expect(JSON.parse(stdout)).toEqual([
			{ code: 'E_IO', details: { code: 'EACCES', syscall: 'open' }, hint: expect.stringContaining('--dir') },
		])
	})

	test('into a path with a file in it is E_IO', async () => {
		await using folder = await tempDir()
		writeFileSync(join(folder.path, 'file'), '')
		const open = destinationIn(join(folder.path, 'file', 'folder')).open(smallFile)
		await expect(open).rejects.toMatchObject({ code: 'E_IO', details: { code: 'ENOTDIR' } })
	})
})

describe('a file that has the name already', () => {
	const there = Buffer.from('was there before')

	test.each([
		['file.bin', 'file.1.bin'],
		['archive.tar.gz', 'archive.1.tar.gz'],
		['README', 'README.1'],
		['.hidden', '.hidden.1'],
	])('%s stays, and the download is %s', async (name, next) => {
		await using folder = await tempDir()
		writeFileSync(join(folder.path, name), there)
		const path = await finish(await openPlace(destinationIn(folder.path), newFile({ name })))
		expect(path).toBe(join(folder.path, next))
		expect(Buffer.compare(readFileSync(join(folder.path, name)), there)).toBe(0)
	})

	test('is replaced where overwriting was asked for, and not before the download is whole', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'file.bin')
		writeFileSync(path, there)
		const place = await openPlace(destinationIn(folder.path, { ifExists: 'overwrite' }), newFile())
		expect(Buffer.compare(readFileSync(path), there)).toBe(0)
		expect(await finish(place)).toBe(path)
		expect(Buffer.compare(readFileSync(path), body)).toBe(0)
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
	})

	test('is left alone where skipping was asked for', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'file.bin')
		writeFileSync(path, there)
		const opened = await destinationIn(folder.path, { ifExists: 'skip' }).open(newFile())
		expect(opened).toEqual({ kind: 'already-there', path, bytes: there.length })
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
	})

	test('is E_EXISTS where that was asked for', async () => {
		await using folder = await tempDir()
		writeFileSync(join(folder.path, 'file.bin'), there)
		await expect(destinationIn(folder.path, { ifExists: 'error' }).open(newFile())).rejects.toMatchObject({
			code: 'E_EXISTS',
			hint: expect.stringContaining('--if-exists'),
		})
	})

	test.each(['overwrite', 'skip'] as const)('and is a folder is E_EXISTS with %s', async ifExists => {
		await using folder = await tempDir()
		mkdirSync(join(folder.path, 'file.bin'))
		await expect(destinationIn(folder.path, { ifExists }).open(newFile())).rejects.toMatchObject({ code: 'E_EXISTS' })
	})

	test('and is a symbolic link is replaced itself, never what it leads to', async () => {
		await using folder = await tempDir()
		const precious = join(folder.path, 'precious')
		writeFileSync(precious, there)
		symlinkSync(precious, join(folder.path, 'file.bin'))
		await finish(await openPlace(destinationIn(folder.path, { ifExists: 'overwrite' }), newFile()))
		expect(Buffer.compare(readFileSync(precious), there)).toBe(0)
		expect(Buffer.compare(readFileSync(join(folder.path, 'file.bin')), body)).toBe(0)
	})

	test('and came while the download was under way stays; the download takes the next name', async () => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), newFile())
		writeFileSync(join(folder.path, 'file.bin'), there)
		writeFileSync(join(folder.path, 'file.1.bin'), there)
		expect(await finish(place)).toBe(join(folder.path, 'file.2.bin'))
		expect(Buffer.compare(readFileSync(join(folder.path, 'file.2.bin')), body)).toBe(0)
		expect(readdirSync(folder.path)).toEqual(['file.1.bin', 'file.2.bin', 'file.bin'])
	})

	test.each(['error', 'skip'] as const)(
		'and came meanwhile is E_EXISTS with %s, and the download is kept',
		async ifExists => {
			await using folder = await tempDir()
			const place = await openPlace(destinationIn(folder.path, { ifExists }), newFile())
			writeFileSync(join(folder.path, 'file.bin'), there)
			await expect(finish(place)).rejects.toMatchObject({ code: 'E_EXISTS' })
			await place.sink.close()
			expect(Buffer.compare(readFileSync(join(folder.path, 'file.bin')), there)).toBe(0)
			expect(Buffer.compare(readFileSync(join(folder.path, 'file.bin.part')), body)).toBe(0)
		},
	)
})

describe('downloads of one process', () => {
	test('with the same name and other URLs take the next free names, however they meet', async () => {
		await using folder = await tempDir()
		symlinkSync(folder.path, join(folder.path, 'link'))
		const places = await Promise.all(
			Array.from({ length: 8 }, (_, index) => {
				const directory = index % 2 === 0 ? folder.path : join(folder.path, 'link')
				return openPlace(destinationIn(directory), newFile({ urlDigest: `${index}` }))
			}),
		)
		const contents = places.map((_, index) => pseudoRandom(largeBytes, 20 + index))
		const paths = await Promise.all(places.map((place, index) => finish(place, contents[index])))
		const names = paths.map(path => (path ?? '').slice((path ?? '').lastIndexOf('/') + 1))
		expect(new Set(names).size).toBe(8)
		expect(new Set([...names, 'link'])).toEqual(new Set(readdirSync(folder.path)))
		names.forEach((name, index) => {
			expect(Buffer.compare(readFileSync(join(folder.path, name)), contents[index] as Buffer)).toBe(0)
		})
	})

	test('of the same URL under the same name exclude each other', async () => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), newFile())
		const locked = { code: 'E_LOCKED', hint: expect.any(String) }
		await expect(destinationIn(folder.path).open(newFile())).rejects.toMatchObject(locked)
		await expect(destinationIn(folder.path).findUnfinished('file.bin', here)).rejects.toMatchObject(locked)
		await place.sink.discard()
		const next = await openPlace(destinationIn(folder.path), newFile())
		await next.sink.discard()
	})

	test('racing for one name never replace one another', async () => {
		await using folder = await tempDir()
		for (let round = 0; round < 20; round++) {
			const contents = Array.from({ length: 4 }, (_, index) => pseudoRandom(1_000, 30 + index))
			const name = `round-${round}`
			const run = async (content: Buffer, index: number): Promise<string | undefined> => {
				const file = newFile({ name, bytes: content.length, urlDigest: `${index}` })
				return finish(await openPlace(destinationIn(folder.path), file), content)
			}
			const paths = await Promise.all(contents.map(run))
			paths.forEach((path, index) => {
				expect(Buffer.compare(readFileSync(path as string), contents[index] as Buffer)).toBe(0)
			})
		}
	})
})

describe('a place', () => {
	const disturbances: readonly (readonly [string, (part: string) => void, string])[] = [
		['whose .part was replaced', part => replace(part, part), 'E_IO'],
		['whose .part was cut', part => writeFileSync(part, 'short'), 'E_IO'],
		['whose journal was damaged', part => writeFileSync(`${part}.journal`, 'nonsense'), 'E_IO'],
	]

	test.each(disturbances)('%s is not ours any more, is not published and deletes nothing', async (_, disturb, code) => {
		await using folder = await tempDir()
		const destination = destinationIn(folder.path)
		const place = await openPlace(destination, newFile())
		await place.confirm()
		disturb(join(folder.path, 'file.bin.part'))
		const before = readdirSync(folder.path)
		await expect(place.confirm()).rejects.toMatchObject({ code })
		await expect(place.sink.publish(largeBytes)).rejects.toMatchObject({ code: 'E_IO' })
		await place.sink.discard()
		expect(destination.notices).toEqual([expect.stringContaining('Not deleted')])
		expect(readdirSync(folder.path)).toEqual(before)
	})

	test('whose journal has another nonce was taken over', async () => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), newFile())
		const state = await place.journal?.load()
		if (state === undefined) throw new Error('Expected a journal')
		await place.journal?.begin({ ...state.header, nonce: 'another' })
		await expect(place.confirm()).rejects.toMatchObject({ code: 'E_LOCKED' })
		await place.sink.close()
	})

	test('leaves no descriptor and no socket behind, however it ends', async () => {
		await using folder = await tempDir()
		const open = () => readdirSync('/proc/self/fd').length
		const ends: ((place: Place) => Promise<unknown>)[] = [
			place => finish(place),
			place => place.sink.close(),
			place => place.sink.discard(),
		]
		const before = open()
		for (let round = 0; round < 12; round++) {
			const file = newFile({ ...elsewhere, urlDigest: `${round}`, name: `${round}` })
			await ends[round % ends.length]?.(await openPlace(destinationIn(folder.path), file))
		}
		expect(open()).toBe(before)
	})
})

/** Puts another file of the same size under the name. */
function replace(path: string, as: string): void {
	const size = statSync(path).size
	const other = `${path}.other`
	writeFileSync(other, Buffer.alloc(size))
	renameSync(other, as)
}
