import { expect, test } from 'vitest'
import { isDownloadError } from '../../src/base/errors.ts'
import type { Disk } from '../../src/disk/contract.ts'
import { decodeJournal } from '../../src/journal/codec.ts'
import type { JournalRecord, JournalState } from '../../src/journal/contract.ts'
import { createFileJournal } from '../../src/journal/file.ts'
import { readJournal } from '../../src/journal/read.ts'
import { header } from '../contract/journal.ts'
import { FailingDisk, type Failure } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'

const path = '/d/a.part.journal'
const earlier: JournalState = { header: { ...header, nonce: 'earlier' }, records: [] }
const extents: readonly JournalRecord[] = Array.from({ length: 12 }, (_, n) => ({
	kind: 'written',
	range: { start: n * 10, end: n * 10 + 10 },
	crc32: n,
}))

/** A disk with the journal of an earlier run on it. */
async function volumeWithEarlier(): Promise<Volume> {
	const volume = new Volume()
	volume.makeFolder('/d')
	const journal = createFileJournal(volume.process(), path)
	await journal.begin(earlier.header)
	await journal.close()
	volume.settle()
	return volume
}

interface Run {
	/** Whether the journal of this run was begun. */
	readonly begun: boolean
	/** How many records are promised to survive a power cut. */
	readonly promised: number
	readonly errors: readonly unknown[]
}

/** A run's journal from its begin to its close: records, each synced, and now and then it is written anew. */
async function keepJournal(disk: Disk): Promise<Run> {
	const journal = createFileJournal(disk, path, { compactAtBytes: 450 })
	const errors: unknown[] = []
	let promised = 0
	const succeeds = (call: Promise<void>): Promise<boolean> =>
		call.then(
			() => true,
			error => errors.push(error) === 0,
		)
	const [first, ...rest] = extents as [JournalRecord, ...JournalRecord[]]
	const begun = await succeeds(journal.begin(header, [first]))
	for (const [index, record] of begun ? rest.entries() : []) {
		journal.append(record)
		if (await succeeds(journal.sync())) promised = index + 2
	}
	await succeeds(journal.close())
	return { begun, promised, errors }
}

/** What a later run would read, with `promised` records at the least where this run's journal was begun. */
function expectRight(state: JournalState | undefined, { begun, promised }: Run): void {
	if (!begun && state?.header.nonce === earlier.header.nonce) {
		expect(state).toEqual(earlier)
		return
	}
	expect(state?.header).toEqual(header)
	expect(state?.records).toEqual(extents.slice(0, state?.records.length))
	expect(state?.records.length).toBeGreaterThanOrEqual(begun ? promised : 1)
}

const stateOn = (volume: Volume): JournalState | undefined => decodeJournal(volume.read(path) ?? new Uint8Array())

test.each<[string, string, Failure]>([
	['fails', 'E_IO', { code: 'EIO' }],
	['is done and said to have failed', 'E_IO', { code: 'EIO', done: true }],
	['finds the disk full', 'E_NO_SPACE', { code: 'ENOSPC' }],
	['is interrupted', 'E_IO', { code: 'EINTR' }],
	['moves less than was asked for', 'E_IO', { shortBytes: 7 }],
])(
	'whichever call %s: no promise is broken, by a kill or by a power cut, and nothing is left open',
	async (_, code, failure) => {
		const whole = new FailingDisk((await volumeWithEarlier()).process(), () => undefined)
		await keepJournal(whole)
		for (let nth = 1; nth <= whole.calls.length; nth++) {
			const volume = await volumeWithEarlier()
			const process = volume.process()
			const disk = new FailingDisk(process, call => (call.nth === nth ? failure : undefined))
			const run = await keepJournal(disk)
			expect(run.errors.filter(error => !isDownloadError(error, code as 'E_IO'))).toEqual([])
			expectRight(stateOn(volume), run)
			expectRight(stateOn(volume.powerCut(() => 'dropped')), run)
			expectRight(stateOn(volume.powerCut(({ operation }) => (operation.kind === 'write' ? 'dropped' : 'kept'))), run)
			expect({ open: process.openFiles, blamed: process.blamed }).toEqual({ open: 0, blamed: [] })
		}
	},
)

test('where nothing fails, every record is promised, and one journal is all that is there', async () => {
	const volume = await volumeWithEarlier()
	const run = await keepJournal(volume.process())
	expect(run).toEqual({ begun: true, promised: extents.length, errors: [] })
	expect(stateOn(volume)).toEqual({ header, records: extents })
	expect(volume.paths()).toEqual(['/d', path])
})

test('a journal that cannot be read is an error, and one that is not there is none', async () => {
	const volume = await volumeWithEarlier()
	const failing = (name: string) =>
		new FailingDisk(volume.process(), call => (call.name === name ? { code: 'EIO' } : undefined))
	await expect(readJournal(failing('open'), path)).rejects.toMatchObject({ code: 'E_IO', details: { code: 'EIO' } })
	await expect(readJournal(failing('file.read'), path)).rejects.toMatchObject({ code: 'E_IO' })
	expect(await readJournal(volume.process(), '/d/none')).toBeUndefined()
})

test('what an earlier run left can be removed without a journal of this run', async () => {
	const volume = await volumeWithEarlier()
	volume.put(`${path}.new`, Buffer.from('what a crash left'))
	await createFileJournal(volume.process(), path).remove()
	expect(volume.paths()).toEqual(['/d'])
})

test('a journal that may be of another download by now is not removed', async () => {
	const volume = await volumeWithEarlier()
	const disk = new FailingDisk(volume.process(), call => (call.name === 'look' ? { code: 'EIO' } : undefined))
	const journal = createFileJournal(disk, path)
	await journal.begin(header)
	await journal.remove()
	expect(stateOn(volume)).toEqual({ header, records: [] })
})

test('a journal that another download has put in its place is not written over, however long this one grows', async () => {
	const volume = await volumeWithEarlier()
	const ours = createFileJournal(volume.process(), path, { compactAtBytes: 1 })
	await ours.begin(header)
	const theirs = { ...header, nonce: 'theirs' }
	const others = createFileJournal(volume.process(), path)
	await others.begin(theirs)
	for (const record of extents) ours.append(record)
	await ours.sync()
	await ours.close()
	const [record] = extents as [JournalRecord]
	others.append(record)
	await others.close()
	expect(stateOn(volume)).toEqual({ header: theirs, records: [record] })
})

/** A journal whose first sync has failed, so that nothing can be added to it any more. */
async function deafJournal(volume: Volume, full = () => false): Promise<ReturnType<typeof createFileJournal>> {
	let failed = false
	const disk = new FailingDisk(volume.process(), ({ name }) => {
		if (name === 'create' && full()) return { code: 'ENOSPC' }
		if (name !== 'file.syncData' || stateOn(volume)?.header.nonce !== header.nonce || failed) return undefined
		failed = true
		return { code: 'EIO' }
	})
	const journal = createFileJournal(disk, path)
	await journal.begin(header)
	for (const record of extents) journal.append(record)
	await expect(journal.sync()).rejects.toMatchObject({ code: 'E_IO' })
	return journal
}

test('a journal that can neither be told of a loss nor written anew vouches for nothing: it is deleted', async () => {
	const volume = await volumeWithEarlier()
	let full = false
	const journal = await deafJournal(volume, () => full)
	full = true
	journal.lost()
	await journal.close()
	journal.lost()
	expect(volume.paths()).toEqual(['/d'])
})

test('that of another download, which has its name by then, is not', async () => {
	const volume = await volumeWithEarlier()
	const journal = await deafJournal(volume)
	const others = createFileJournal(volume.process(), path)
	await others.begin({ ...header, nonce: 'theirs' })
	journal.lost()
	await journal.close()
	expect(stateOn(volume)?.header.nonce).toBe('theirs')
	await others.close()
})

test('begun anew after a failure, a journal takes records and promises them again', async () => {
	const volume = await volumeWithEarlier()
	const journal = await deafJournal(volume)
	await journal.begin({ ...header, nonce: 'again' })
	for (const record of extents) journal.append(record)
	await journal.sync()
	expect(stateOn(volume.powerCut(() => 'dropped'))).toEqual({ header: { ...header, nonce: 'again' }, records: extents })
	await journal.close()
})

test('a removed journal is closed, and what is appended to it goes nowhere', async () => {
	const volume = await volumeWithEarlier()
	const process = volume.process()
	const journal = createFileJournal(process, path)
	await journal.begin(header)
	await journal.remove()
	for (const record of extents) journal.append(record)
	await journal.close()
	expect({ open: process.openFiles, paths: volume.paths() }).toEqual({ open: 0, paths: ['/d'] })
})
