import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { body, destinationIn, finish, newFile, openPlace } from '../destination/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

test('what lies under the name of a journal and is none is moved aside, and said so', async () => {
	await using folder = await tempDir()
	const journal = join(folder.path, 'file.bin.part.journal')
	writeFileSync(journal, 'notes of my own')
	const destination = destinationIn(folder.path)
	await finish(await openPlace(destination, newFile()), body)
	expect(destination.notices).toEqual([expect.stringContaining(`${journal}.orphan`)])
	expect(readdirSync(folder.path).sort()).toEqual(['file.bin', 'file.bin.part.journal.orphan'])
	expect(readFileSync(`${journal}.orphan`, 'utf8')).toBe('notes of my own')
})

test('a journal of ours whose .part is gone gives way without a word', async () => {
	await using folder = await tempDir()
	const left = await openPlace(destinationIn(folder.path), newFile())
	await left.sink.close()
	rmSync(join(folder.path, 'file.bin.part'))
	const destination = destinationIn(folder.path)
	await finish(await openPlace(destination, newFile()), body)
	expect(destination.notices).toEqual([])
	expect(readdirSync(folder.path)).toEqual(['file.bin'])
})
