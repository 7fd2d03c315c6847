import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentAt, writeContent } from '../../bench/origin/content.ts'
import { digestOf, isCopy } from '../../bench/original.ts'
import { sha256 } from '../support/body.ts'
import { tempDir } from '../support/temp-dir.ts'

const MiB = 1024 ** 2

it('Slices of the content join, wherever they are cut', () => {
	const slice = fc.record({ from: fc.nat(3 * MiB), first: fc.nat(20_000), second: fc.nat(20_000) })
	fc.assert(
		fc.property(slice, ({ from, first, second }) => {
			const whole = contentAt(from, first + second)
			return Buffer.concat([contentAt(from, first), contentAt(from + first, second)]).equals(whole)
		}),
	)
})

it('No two pages of the content are alike, however far apart', () => {
	const pages = [0, 4096, MiB, 4 * 1024 * MiB, 64 * 1024 * MiB].map(at => sha256(contentAt(at, 4096)))
	expect(new Set(pages).size).toBe(pages.length)
})

it('A file is a copy only when its length and all of its bytes are those of the original', async () => {
	await using folder = await tempDir()
	const [path, copy] = [join(folder.path, 'original'), join(folder.path, 'copy')]
	const bytes = 9 * MiB + 5
	const memory = contentAt(7, bytes)
	await writeContent(path, 7, bytes)
	const originals = [{ path }, { memory }].map(content => ({ name: 'original', bytes, content }))
	const judged = () => Promise.all(originals.map(original => isCopy(copy, original)))

	expect(await judged()).toEqual([undefined, undefined])
	await writeFile(copy, memory)
	expect(await judged()).toEqual([true, true])
	await truncate(copy, bytes - 1)
	expect(await judged()).toEqual([false, false])
	const wrong = Buffer.from(memory)
	wrong[bytes - 1] = ~(wrong.at(-1) ?? 0)
	await writeFile(copy, wrong)
	expect(await judged()).toEqual([false, false])
	expect(await Promise.all(originals.map(digestOf))).toEqual([sha256(memory), sha256(memory)])
})
