import { expect, test } from 'vitest'
import type { JournalRecord } from '../../src/journal/contract.ts'
import { createMemoryJournal } from '../../src/journal/memory.ts'
import { header, journalContract, records } from '../contract/journal.ts'

journalContract('the memory journal', async () => {
	const journal = createMemoryJournal()
	return { journal, reopen: async () => createMemoryJournal(await journal.load()), cleanUp: async () => {} }
})

test('a power cut leaves what was synced, the death of the process all that was appended', async () => {
	const [first, second] = records as [JournalRecord, JournalRecord]
	const journal = createMemoryJournal()
	await journal.begin(header)
	journal.append(first)
	await journal.sync()
	journal.append(second)
	expect(journal.afterPowerCut()).toEqual({ header, records: [first] })
	expect(await journal.load()).toEqual({ header, records: [first, second] })
})

test('what a journal is begun with survives a power cut at once, and nothing does when it is removed', async () => {
	const journal = createMemoryJournal()
	await journal.begin(header, records)
	expect(journal.afterPowerCut()).toEqual({ header, records })
	await journal.remove()
	expect(journal.afterPowerCut()).toBeUndefined()
	expect(await journal.load()).toBeUndefined()
	await journal.begin(header)
	expect(journal.afterPowerCut()).toEqual({ header, records: [] })
})
