import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { decodeJournal, encodeEntry, encodeHeader, type JournalEntry } from '../../src/journal/codec.ts'
import type { JournalHeader } from '../../src/journal/contract.ts'
import type { DigestValue } from '../../src/model/digest.ts'

const header: JournalHeader = {
	url: 'http://host/file',
	urlDigest: 'd'.repeat(64),
	bytes: 1000,
	identity: { etag: '"1"', lastModified: undefined, date: undefined },
	file: { device: '1', inode: '2', birthNs: '3' },
	nonce: 'n',
}
const digest: DigestValue = { algorithm: 'sha-256', value: 'ab'.repeat(32) }
const other: DigestValue = { algorithm: 'md5', value: 'cd'.repeat(16) }

const durable = (start: number): JournalEntry => ({ kind: 'durable', range: { start, end: start + 10 } })
const shared = (under: DigestValue): JournalEntry => ({ kind: 'shared', digest: under })

function journalOf(first: JournalHeader, entries: readonly JournalEntry[]): string {
	let { text, sum } = encodeHeader(first)
	for (const entry of entries) {
		const line = encodeEntry(entry, sum)
		text += line.text
		sum = line.sum
	}
	return text
}

const read = (text: string) => decodeJournal(Buffer.from(text))

describe('a journal of several sources', () => {
	test('names the digest under which all of its bytes count, wherever that was recorded', () => {
		const whole = read(journalOf(header, [durable(0), shared(digest), durable(20)]))
		expect(whole).toEqual({
			header: { ...header, sharedUnder: digest },
			records: [durable(0), durable(20)],
		})
		expect(read(journalOf({ ...header, sharedUnder: digest }, [durable(0)]))?.header.sharedUnder).toEqual(digest)
	})

	test('is of one source up to where that was recorded: a torn tail takes the others with it', () => {
		const text = journalOf(header, [durable(0), shared(digest), durable(20)])
		const torn = text.slice(0, text.indexOf('\ns sha-256') + 20)
		expect(read(torn)).toEqual({ header, records: [durable(0)] })
	})

	test('ends where another digest is named', () => {
		const state = read(journalOf(header, [shared(digest), durable(0), shared(other), durable(20)]))
		expect(state).toEqual({ header: { ...header, sharedUnder: digest }, records: [durable(0)] })
	})

	test.each(['zz'.repeat(32), 'ab', ''])('ends where the digest is %j', value => {
		const text = journalOf(header, [durable(0), shared({ algorithm: 'sha-256', value }), durable(20)])
		expect(read(text)).toEqual({ header, records: [durable(0)] })
	})

	test('begins with the same header line as one of a single source', () => {
		expect(journalOf({ ...header, sharedUnder: digest }, []).startsWith(journalOf(header, []))).toBe(true)
	})
})
