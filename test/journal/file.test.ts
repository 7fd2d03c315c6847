import { appendFile, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSystemDisk } from '../../src/disk/system.ts'
import type { JournalRecord } from '../../src/journal/contract.ts'
import { createFileJournal } from '../../src/journal/file.ts'
import { readJournal, readJournalHeader } from '../../src/journal/read.ts'
import { header, journalContract, records } from '../contract/journal.ts'
import { runTypescript } from '../destination/run-typescript.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'
import { tempDir } from '../support/temp-dir.ts'

const disk = createSystemDisk()

journalContract('the file journal', async () => {
	const folder = await tempDir()
	const path = join(folder.path, 'a.part.journal')
	return {
		journal: createFileJournal(disk, path),
		reopen: async () => createFileJournal(disk, path),
		cleanUp: () => folder[Symbol.asyncDispose](),
	}
})

describe('the file journal', () => {
	test('reaches the operating system without a sync', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		const journal = createFileJournal(disk, path)
		await journal.begin(header)
		for (const record of records) journal.append(record)
		// `load` has its turn after what was appended; `readJournal` is another reader of the same file.
		await journal.load()
		expect(await readJournal(disk, path)).toEqual({ header, records })
		await journal.close()
	})

	test('only its owner may read it, and nothing lies beside it', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		await writeFile(`${path}.new`, 'what a crash left')
		const journal = createFileJournal(disk, path)
		await journal.begin(header)
		expect((await stat(path)).mode & 0o777).toBe(0o600)
		expect(await readdir(folder.path)).toEqual(['j'])
		await journal.close()
	})

	test('goes on after records that an earlier run left', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		const [first, ...rest] = records as [JournalRecord, ...JournalRecord[]]
		const journal = createFileJournal(disk, path)
		await journal.begin({ ...header, nonce: 'two' }, [first])
		for (const record of rest) journal.append(record)
		await journal.close()
		expect(await readJournal(disk, path)).toEqual({ header: { ...header, nonce: 'two' }, records })
	})

	test('a torn tail costs its records and no others', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		const journal = createFileJournal(disk, path)
		await journal.begin(header)
		for (const record of records) journal.append(record)
		await journal.close()
		await truncate(path, (await stat(path)).size - 1)
		expect(await readJournal(disk, path)).toEqual({ header, records: records.slice(0, -1) })
	})

	test('what is only written is forgotten after a failed sync', async () => {
		await using folder = await tempDir()
		const journal = createFileJournal(disk, join(folder.path, 'j'))
		await journal.begin(header)
		for (const record of records) journal.append(record)
		journal.lost()
		expect((await journal.load())?.records).toEqual([records[2]])
		await journal.close()
	})

	test('grown long, it is written anew without what it repeats, while records go on coming', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		const journal = createFileJournal(disk, path, { compactAtBytes: 4_000 })
		await journal.begin(header)
		const pieces = Array.from({ length: 500 }, (_, index) => ({ start: index * 100, end: index * 100 + 100 }))
		for (const range of pieces) {
			journal.append({ kind: 'written', range, crc32: range.start })
			journal.append({ kind: 'durable', range })
			if (range.start % 5_000 === 0) void journal.sync()
		}
		await journal.sync()
		const last: JournalRecord = { kind: 'written', range: { start: 90_000, end: 90_001 }, crc32: 5 }
		journal.append(last)
		await journal.close()
		expect((await stat(path)).size).toBeLessThan(8_000)
		const records = (await readJournal(disk, path))?.records ?? []
		expect(records.slice(-2)).toEqual([{ kind: 'durable', range: { start: 0, end: 50_000 } }, last])
		// What stays of the others is a sample of their checksums.
		expect(records.length).toBeLessThan(100)
	})

	test('a file that cannot be closed, whichever it is, costs no record when the journal is written anew', async () => {
		const ranges = [0, 1, 2].map(start => ({ start, end: start + 1 }))
		const written = ranges.map(range => ({ kind: 'written', range, crc32: range.start }) as const)
		for (let failing = 1; failing <= 6; failing++) {
			const volume = new Volume()
			let closes = 0
			const disk = new FailingDisk(volume.process(), ({ name }) =>
				name === 'file.close' && ++closes === failing ? { code: 'EIO' } : undefined,
			)
			const journal = createFileJournal(disk, '/j', { compactAtBytes: 1 })
			await journal.begin(header)
			for (const record of written) {
				journal.append(record)
				await journal.sync()
			}
			expect((await readJournal(volume.process(), '/j'))?.records).toEqual(written)
			await journal.close().catch(() => {})
		}
	})

	test('a folder that is not there is E_IO when the journal is begun', async () => {
		await using folder = await tempDir()
		await expect(createFileJournal(disk, join(folder.path, 'missing', 'j')).begin(header)).rejects.toMatchObject({
			code: 'E_IO',
			details: { code: 'ENOENT' },
		})
	})

	test('a write that failed is told by every later sync, and leaves a prefix of the records', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		const { status, stdout, stderr } = await runTypescript('test/journal/append-beyond-limit.ts', {
			args: [path],
			fileBlocksLimit: 8,
		})
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
		expect(JSON.parse(stdout)).toEqual(['E_NO_SPACE', 'E_NO_SPACE'])
		expect((await stat(path)).size).toBe(8 * 1024)
		const kept = (await readJournal(disk, path))?.records ?? []
		expect(kept.length).toBeGreaterThan(200)
		expect(kept.map(({ range }) => range)).toEqual(kept.map((_, index) => ({ start: index, end: index + 1 })))
	})

	test('does not delete a journal that another download has put in its place', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		const [ours, theirs] = [createFileJournal(disk, path), createFileJournal(disk, path)]
		await ours.begin(header)
		await theirs.begin({ ...header, nonce: 'theirs' })
		await ours.remove()
		expect((await readJournalHeader(disk, path))?.nonce).toBe('theirs')
		await Promise.all([ours.close(), theirs.close()])
	})

	test('its header can be read alone, however long it is, and whatever comes after it', async () => {
		await using folder = await tempDir()
		for (const url of [header.url, `${header.url}?${'x'.repeat(20_000)}`]) {
			const path = join(folder.path, `${url.length}`)
			const journal = createFileJournal(disk, path)
			await journal.begin({ ...header, url })
			await journal.close()
			await appendFile(path, 'w 0 1 no record at all\n')
			expect(await readJournalHeader(disk, path)).toEqual({ ...header, url })
			await truncate(path, 100)
			expect(await readJournalHeader(disk, path)).toBeUndefined()
			await rm(path)
			expect(await readJournalHeader(disk, path)).toBeUndefined()
		}
	})

	test('a symbolic link or a folder under its name is no journal, and is not followed', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'j')
		const journal = createFileJournal(disk, path)
		await journal.begin(header)
		await journal.close()
		await symlink(path, join(folder.path, 'link'))
		await mkdir(join(folder.path, 'folder'))
		expect(await readJournal(disk, join(folder.path, 'link'))).toBeUndefined()
		expect(await readJournal(disk, join(folder.path, 'folder'))).toBeUndefined()
		const before = await readFile(path)
		const onLink = createFileJournal(disk, join(folder.path, 'link'))
		await onLink.begin({ ...header, nonce: 'two' })
		await onLink.close()
		expect(Buffer.compare(await readFile(path), before)).toBe(0)
	})
})
