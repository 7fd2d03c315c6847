import {
	linkSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JournalRecord } from '../../src/journal/contract.ts'
import { readJournalHeader } from '../../src/journal/read.ts'
import { tempDir } from '../support/temp-dir.ts'
import { body, destinationIn, elsewhere, finish, here, largeBytes, newFile, openPlace, systemDisk } from './disk.ts'

const half = largeBytes / 2
const durableHalf: JournalRecord = { kind: 'durable', range: { start: 0, end: half } }

/** A run that got half of the file and ended. */
async function leaveHalf(directory: string, file: ReturnType<typeof newFile> = newFile()): Promise<void> {
	const place = await openPlace(destinationIn(directory), file)
	await place.sink.write(0, body.subarray(0, half), { crc: false })
	await place.sink.flush()
	place.journal?.append(durableHalf)
	await place.journal?.sync()
	await place.sink.close()
}

describe('an unfinished run of the same URL', () => {
	test('is found, with what it left, and gone on with to the end', async () => {
		await using folder = await tempDir()
		await leaveHalf(folder.path)
		const place = await destinationIn(folder.path).findUnfinished('file.bin', here)
		expect(place?.state).toMatchObject({ header: { ...here, bytes: largeBytes }, records: [durableHalf] })
		await place?.sink.write(half, body.subarray(half), { crc: false })
		expect(await place?.sink.publish(largeBytes)).toEqual({ path: join(folder.path, 'file.bin') })
		expect(Buffer.compare(readFileSync(join(folder.path, 'file.bin')), body)).toBe(0)
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
	})

	test('is found under a numbered name too, past those of others and finished files', async () => {
		await using folder = await tempDir()
		writeFileSync(join(folder.path, 'file.bin'), 'finished')
		await leaveHalf(folder.path, newFile(elsewhere))
		await leaveHalf(folder.path)
		const place = await destinationIn(folder.path).findUnfinished('file.bin', here)
		expect(place?.path).toBe(join(folder.path, 'file.2.bin'))
		await place?.sink.close()
	})

	test('goes on with a nonce of its own, so that whoever had the file finds out', async () => {
		await using folder = await tempDir()
		await leaveHalf(folder.path)
		const journal = join(folder.path, 'file.bin.part.journal')
		const before = await readJournalHeader(systemDisk, journal)
		const place = await destinationIn(folder.path).findUnfinished('file.bin', here)
		const after = await readJournalHeader(systemDisk, journal)
		expect(after).toEqual({ ...before, nonce: expect.any(String) })
		expect(after?.nonce).not.toBe(before?.nonce)
		await place?.confirm()
		await place?.sink.close()
	})

	test('with a torn journal is gone on with from what is undamaged', async () => {
		await using folder = await tempDir()
		await leaveHalf(folder.path)
		const journal = join(folder.path, 'file.bin.part.journal')
		truncateSync(journal, statSync(journal).size - 1)
		const place = await destinationIn(folder.path).findUnfinished('file.bin', here)
		expect(place?.state?.records).toEqual([])
		place?.journal?.append(durableHalf)
		await place?.sink.close()
		const again = await destinationIn(folder.path).findUnfinished('file.bin', here)
		expect(again?.state?.records).toEqual([durableHalf])
		await again?.sink.close()
	})

	test('gives way where a fresh start was asked for, and not before there is something to take its place', async () => {
		await using folder = await tempDir()
		await leaveHalf(folder.path)
		const before = readdirSync(folder.path)
		const destination = destinationIn(folder.path, { fresh: true })
		expect(await destination.findUnfinished('file.bin', here)).toBeUndefined()
		expect(readdirSync(folder.path)).toEqual(before)
		const place = await openPlace(destination, newFile())
		expect(place).toMatchObject({ path: join(folder.path, 'file.bin'), state: undefined })
		await place.sink.discard()
		expect(readdirSync(folder.path)).toEqual([])
		expect(destination.notices).toEqual([])
	})

	test('that the caller passed over makes room for a new one', async () => {
		await using folder = await tempDir()
		await leaveHalf(folder.path)
		const place = await openPlace(
			destinationIn(folder.path),
			newFile({ identity: { etag: '"2"', lastModified: undefined, date: undefined } }),
		)
		expect(place).toMatchObject({ path: join(folder.path, 'file.bin'), state: undefined })
		expect((await place.journal?.load())?.records).toEqual([])
		await place.sink.discard()
	})

	test('of another URL is not touched: the download takes the next name', async () => {
		await using folder = await tempDir()
		await leaveHalf(folder.path, newFile(elsewhere))
		const destination = destinationIn(folder.path)
		expect(await destination.findUnfinished('file.bin', here)).toBeUndefined()
		expect(await finish(await openPlace(destination, newFile()))).toBe(join(folder.path, 'file.1.bin'))
		const other = await destination.findUnfinished('file.bin', elsewhere)
		expect(other?.state?.records).toEqual([durableHalf])
		await other?.sink.close()
	})
})

describe('a .part that cannot be trusted', () => {
	const part = (folder: string) => join(folder, 'file.bin.part')

	const damages: readonly (readonly [string, (folder: string) => void])[] = [
		['has no journal', folder => rmSync(`${part(folder)}.journal`)],
		['has a journal without a whole header', folder => truncateSync(`${part(folder)}.journal`, 40)],
		['was cut', folder => truncateSync(part(folder), half)],
		['was extended', folder => truncateSync(part(folder), largeBytes + 1)],
		[
			'is a copy',
			folder => {
				const copy = readFileSync(part(folder))
				rmSync(part(folder))
				writeFileSync(part(folder), copy)
			},
		],
	]

	test.each(damages)('because it %s is moved aside when its name is needed, and that is said', async (_, damage) => {
		await using folder = await tempDir()
		await leaveHalf(folder.path)
		damage(folder.path)
		const content = readFileSync(part(folder.path))
		const destination = destinationIn(folder.path)
		expect(await destination.findUnfinished('file.bin', here)).toBeUndefined()
		expect(destination.notices).toEqual([])
		expect(readFileSync(part(folder.path)).equals(content)).toBe(true)
		await (await openPlace(destination, newFile())).sink.discard()
		expect(destination.notices).toEqual([expect.stringContaining('file.bin.part.orphan')])
		expect(readdirSync(folder.path)).toEqual(['file.bin.part.orphan'])
		expect(Buffer.compare(readFileSync(`${part(folder.path)}.orphan`), content)).toBe(0)
	})

	test('never replaces one that was moved aside before', async () => {
		await using folder = await tempDir()
		for (const content of ['first', 'second', 'third']) {
			writeFileSync(part(folder.path), content)
			await (await openPlace(destinationIn(folder.path), newFile())).sink.discard()
		}
		const orphans = readdirSync(folder.path).map(name => [name, readFileSync(join(folder.path, name), 'latin1')])
		expect(orphans).toEqual([
			['file.bin.part.orphan', 'first'],
			['file.bin.part.orphan.1', 'second'],
			['file.bin.part.orphan.2', 'third'],
		])
	})

	test('because it is empty and has no journal is of no worth to anyone', async () => {
		await using folder = await tempDir()
		writeFileSync(part(folder.path), '')
		const destination = destinationIn(folder.path)
		expect(await finish(await openPlace(destination, newFile()))).toBe(join(folder.path, 'file.bin'))
		expect(destination.notices).toEqual([])
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
	})

	test('because a crash came before it had its length is begun anew without a word', async () => {
		await using folder = await tempDir()
		await leaveHalf(folder.path)
		truncateSync(part(folder.path), 0)
		const destination = destinationIn(folder.path)
		expect(await finish(await openPlace(destination, newFile()))).toBe(join(folder.path, 'file.bin'))
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
		expect(destination.notices).toEqual([])
	})

	test('because it is a symbolic link is refused, and nothing is written through it', async () => {
		await using folder = await tempDir()
		const precious = join(folder.path, 'precious')
		writeFileSync(precious, 'precious')
		symlinkSync(precious, part(folder.path))
		const refused = { code: 'E_IO', hint: expect.stringContaining('--output') }
		await expect(destinationIn(folder.path).findUnfinished('file.bin', here)).rejects.toMatchObject(refused)
		await expect(destinationIn(folder.path).open(newFile())).rejects.toMatchObject(refused)
		expect(readFileSync(precious, 'latin1')).toBe('precious')
		expect(readdirSync(folder.path)).toEqual(['file.bin.part', 'precious'])
	})
})

describe('a run cut off while it published', () => {
	/** As a crash leaves it: everything is written and durable, and the last steps were taken up to a point. */
	async function leaveWhole(directory: string): Promise<void> {
		const place = await openPlace(destinationIn(directory), newFile())
		await place.sink.write(0, body, { crc: false })
		await place.sink.flush()
		place.journal?.append({ kind: 'durable', range: { start: 0, end: largeBytes } })
		await place.sink.close()
	}

	const steps: readonly (readonly [string, (path: string) => void])[] = [
		['after the link', path => linkSync(`${path}.part`, path)],
		['after the rename, or after the .part was deleted', path => renameSync(`${path}.part`, path)],
	]

	test.each(steps)('%s is finished without writing a byte, and its file is there', async (_, crash) => {
		await using folder = await tempDir()
		await leaveWhole(folder.path)
		const path = join(folder.path, 'file.bin')
		crash(path)
		const before = statSync(path, { bigint: true })
		const destination = destinationIn(folder.path)
		expect(await destination.findUnfinished('file.bin', here)).toBeUndefined()
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
		expect(await destination.open(newFile())).toEqual({ kind: 'already-there', path, bytes: largeBytes })
		const after = statSync(path, { bigint: true })
		expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs])
		expect(destination.notices).toEqual([])
	})

	test('is finished, and another version of the resource is a new download', async () => {
		await using folder = await tempDir()
		await leaveWhole(folder.path)
		linkSync(join(folder.path, 'file.bin.part'), join(folder.path, 'file.bin'))
		const destination = destinationIn(folder.path)
		await destination.findUnfinished('file.bin', here)
		const identity = { etag: '"2"', lastModified: undefined, date: undefined }
		const place = await openPlace(destination, newFile({ identity }))
		expect(place.path).toBe(join(folder.path, 'file.1.bin'))
		await place.sink.close()
	})

	test('before the link is whole and only has to be published', async () => {
		await using folder = await tempDir()
		await leaveWhole(folder.path)
		const place = await destinationIn(folder.path).findUnfinished('file.bin', here)
		expect(place?.state?.records).toEqual([{ kind: 'durable', range: { start: 0, end: largeBytes } }])
		expect(await place?.sink.publish(largeBytes)).toEqual({ path: join(folder.path, 'file.bin') })
		expect(Buffer.compare(readFileSync(join(folder.path, 'file.bin')), body)).toBe(0)
	})

	test('of a small file leaves the file and no second name of it', async () => {
		await using folder = await tempDir()
		writeFileSync(join(folder.path, 'file.bin'), 'whole')
		linkSync(join(folder.path, 'file.bin'), join(folder.path, 'file.bin.part'))
		const destination = destinationIn(folder.path)
		expect(await destination.findUnfinished('file.bin', here)).toBeUndefined()
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
		expect(readFileSync(join(folder.path, 'file.bin'), 'latin1')).toBe('whole')
		expect(destination.notices).toEqual([])
	})
})
