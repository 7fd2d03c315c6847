import { expect, test } from 'vitest'
import { decodeJournal } from '../../src/journal/codec.ts'
import { createFileJournal } from '../../src/journal/file.ts'
import { header } from '../contract/journal.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'

const path = '/d/a.part.journal'

test('where a loss cannot be written down, what was durable still counts, and what was only written does not', async () => {
	const volume = new Volume()
	volume.makeFolder('/d')
	volume.settle()
	let full = false
	const disk = new FailingDisk(volume.process(), ({ name }) => {
		if (!full || name !== 'file.write') return undefined
		full = false
		return { code: 'ENOSPC' }
	})
	const journal = createFileJournal(disk, path)
	await journal.begin(header)
	journal.append({ kind: 'durable', range: { start: 0, end: 10 } })
	journal.append({ kind: 'written', range: { start: 10, end: 20 }, crc32: 1 })
	await journal.sync()
	full = true
	journal.lost()
	await journal.close()
	const kept = { header, records: [{ kind: 'durable', range: { start: 0, end: 10 } }] }
	for (const disk of [volume, volume.powerCut(() => 'dropped')])
		expect(decodeJournal(disk.read(path) ?? new Uint8Array())).toEqual(kept)
	expect(volume.paths()).toEqual(['/d', path])
})
