import { describe, expect, test } from 'vitest'
import { isDownloadError } from '../../src/base/errors.ts'
import type { Journal, JournalHeader, JournalRecord } from '../../src/journal/contract.ts'
import type { DigestValue } from '../../src/model/digest.ts'

export interface JournalUnderTest {
	readonly journal: Journal
	/** The same record opened anew, as a later run would. */
	reopen(): Promise<Journal>
	cleanUp(): PromiseLike<void>
}

export const header: JournalHeader = {
	url: 'https://example.org/data/größe.tar',
	urlDigest: 'a1'.repeat(32),
	bytes: 10_000_000,
	identity: { etag: '"v 1"', lastModified: 'Tue, 15 Nov 1994 12:45:26 GMT', date: undefined },
	file: { device: '64768', inode: '9007199254740993', birthNs: '1732262400123456789' },
	nonce: 'one',
}

export const records: readonly JournalRecord[] = [
	{ kind: 'written', range: { start: 0, end: 65_536 }, crc32: 0 },
	{ kind: 'written', range: { start: 5_000_000, end: 5_262_144 }, crc32: 0xffff_ffff },
	{ kind: 'durable', range: { start: 0, end: 65_536 } },
	{ kind: 'written', range: { start: 9_999_999, end: 10_000_000 }, crc32: 12_345 },
]

/** What every journal promises. */
export function journalContract(name: string, open: () => Promise<JournalUnderTest>): void {
	describe(`${name} keeps the contract of a journal`, () => {
		const trial = (story: (tried: JournalUnderTest) => Promise<void>) => async () => {
			const tried = await open()
			try {
				await story(tried)
			} finally {
				await tried.journal.close()
				await tried.cleanUp()
			}
		}

		test(
			'a journal that was never begun has nothing to load',
			trial(async ({ journal }) => {
				expect(await journal.load()).toBeUndefined()
			}),
		)

		test(
			'what was begun and appended is loaded as it was, in order',
			trial(async ({ journal, reopen }) => {
				await journal.begin(header)
				for (const record of records) journal.append(record)
				await journal.sync()
				expect(await journal.load()).toEqual({ header, records })
				expect(await (await reopen()).load()).toEqual({ header, records })
			}),
		)

		test(
			'what is shared says under which digest from then on, and keeps what was recorded',
			trial(async ({ journal, reopen }) => {
				const sharedUnder: DigestValue = { algorithm: 'sha-256', value: 'ab'.repeat(32) }
				await journal.begin(header)
				for (const record of records) journal.append(record)
				await journal.share(sharedUnder)
				expect(await journal.load()).toEqual({ header: { ...header, sharedUnder }, records })
				expect(await (await reopen()).load()).toEqual({ header: { ...header, sharedUnder }, records })
			}),
		)

		test(
			'nothing can be shared before it was begun',
			trial(async ({ journal }) => {
				await expect(journal.share({ algorithm: 'md5', value: 'ab'.repeat(16) })).rejects.toThrow(TypeError)
			}),
		)

		test(
			'what was appended before a close is there after it',
			trial(async ({ journal, reopen }) => {
				await journal.begin(header)
				for (const record of records) journal.append(record)
				await journal.close()
				expect(await (await reopen()).load()).toEqual({ header, records })
			}),
		)

		test(
			'a journal begun anew has forgotten what was in it',
			trial(async ({ journal }) => {
				await journal.begin(header)
				for (const record of records) journal.append(record)
				const second = { ...header, nonce: 'two', bytes: 5 }
				await journal.begin(second)
				expect(await journal.load()).toEqual({ header: second, records: [] })
			}),
		)

		test(
			'an empty range is passed over',
			trial(async ({ journal }) => {
				await journal.begin(header)
				journal.append({ kind: 'durable', range: { start: 7, end: 7 } })
				for (const record of records) journal.append(record)
				await journal.sync()
				expect(await journal.load()).toEqual({ header, records })
			}),
		)

		test(
			'a range that the file cannot hold throws',
			trial(async ({ journal }) => {
				const beyond: JournalRecord = { kind: 'durable', range: { start: 0, end: header.bytes + 1 } }
				expect(() => journal.append(beyond)).toThrow(TypeError)
				await journal.begin(header)
				expect(() => journal.append(beyond)).toThrow(TypeError)
				const before: JournalRecord = { kind: 'durable', range: { start: -1, end: 5 } }
				expect(() => journal.append(before)).toThrow(TypeError)
			}),
		)

		test(
			'a removed journal has nothing to load',
			trial(async ({ journal, reopen }) => {
				await journal.begin(header)
				for (const record of records) journal.append(record)
				await journal.remove()
				await journal.close()
				expect(await (await reopen()).load()).toBeUndefined()
			}),
		)

		test(
			'after a close records are passed over, and begin and sync are refused',
			trial(async ({ journal, reopen }) => {
				await journal.begin(header)
				await journal.close()
				await journal.close()
				journal.append(records[0] as JournalRecord)
				const refused = (error: unknown) => isDownloadError(error, 'E_INTERNAL')
				await expect(journal.sync()).rejects.toSatisfy(refused)
				await expect(journal.begin(header)).rejects.toSatisfy(refused)
				expect(await (await reopen()).load()).toEqual({ header, records: [] })
			}),
		)
	})
}
