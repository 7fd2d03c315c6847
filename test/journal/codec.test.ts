import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeJournal, encodeEntry, encodeHeader, type JournalEntry } from '../../src/journal/codec.ts'
import type { JournalHeader, JournalState } from '../../src/journal/contract.ts'
import { header, records } from '../contract/journal.ts'

function encode(header: JournalHeader, entries: readonly JournalEntry[]): Buffer {
	const first = encodeHeader(header)
	let text = first.text
	let sum = first.sum
	for (const entry of entries) {
		const line = encodeEntry(entry, sum)
		text += line.text
		sum = line.sum
	}
	return Buffer.from(text)
}

/** A prefix has the whole header and the first so many records, or nothing. */
function expectPrefix(state: JournalState | undefined): void {
	if (state === undefined) return
	expect(state.header).toEqual(header)
	expect(state.records).toEqual(records.slice(0, state.records.length))
}

const range = fc
	.uniqueArray(fc.integer({ min: 0, max: header.bytes }), { minLength: 2, maxLength: 2 })
	.map(([a = 0, b = 0]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
const record = fc.oneof(
	fc.record({ kind: fc.constant('written' as const), range, crc32: fc.integer({ min: 0, max: 0xffff_ffff }) }),
	fc.record({ kind: fc.constant('durable' as const), range }),
)
const text = fc.option(fc.string({ unit: 'binary' }), { nil: undefined })

describe('the form of a journal', () => {
	test('whatever is encoded is decoded as it was', () => {
		fc.assert(
			fc.property(fc.array(record), text, text, text, (records, etag, lastModified, date) => {
				const odd = { ...header, identity: { etag, lastModified, date } }
				expect(decodeJournal(encode(odd, records))).toEqual({ header: odd, records })
			}),
		)
	})

	test('is as the documentation says, byte by byte', () => {
		const plain = { ...header, url: 'https://example.org/a', urlDigest: 'ab', bytes: 9 }
		const [first, ...rest] = encode(plain, [
			{ kind: 'written', range: { start: 0, end: 4 }, crc32: 0xadf3f363 },
			{ kind: 'durable', range: { start: 0, end: 4 } },
			{ kind: 'lost' },
		])
			.toString('latin1')
			.split('\n')
		expect(first).toMatch(/^skein-journal 1 \{"url":"https:\/\/example\.org\/a",.*\} [0-9a-f]{8}$/)
		expect(rest.map(line => line.replace(/[0-9a-f]{8}$/, 'SUM'))).toEqual([
			'w 0 4 adf3f363 SUM',
			'd 0 4 SUM',
			'l SUM',
			'',
		])
	})

	test('a journal cut at any byte yields a prefix of its records', () => {
		const whole = encode(header, records)
		const counts = new Set<number | undefined>()
		for (let cut = 0; cut <= whole.length; cut++) {
			const state = decodeJournal(whole.subarray(0, cut))
			expectPrefix(state)
			counts.add(state?.records.length)
		}
		expect([...counts]).toEqual([undefined, 0, 1, 2, 3, 4])
	})

	test('a journal with any bit of any byte flipped yields a shorter prefix of its records', () => {
		const whole = encode(header, records)
		for (let at = 0; at < whole.length; at++) {
			for (let bit = 0; bit < 8; bit++) {
				const damaged = Buffer.from(whole)
				damaged[at] = (damaged[at] as number) ^ (1 << bit)
				const state = decodeJournal(damaged)
				expectPrefix(state)
				expect(state?.records.length ?? -1).toBeLessThan(records.length)
			}
		}
	})

	test('a line left out, repeated or moved ends what is read', () => {
		const lines = encode(header, records)
			.toString('latin1')
			.split(/(?<=\n)/)
		for (let index = 1; index < lines.length; index++) {
			const leftOut = lines.toSpliced(index, 1)
			const repeated = lines.toSpliced(index, 0, lines[index] as string)
			const moved = lines.toSpliced(index, 1).toSpliced(1, 0, lines[index] as string)
			for (const damaged of index === 1 ? [leftOut, repeated] : [leftOut, repeated, moved]) {
				const state = decodeJournal(Buffer.from(damaged.join(''), 'latin1'))
				expectPrefix(state)
				expect(state?.records.length).toBeLessThanOrEqual(index)
			}
		}
	})

	test('any bytes at all are read without harm', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), noise => {
				expect(decodeJournal(noise)).toBeUndefined()
				expectPrefix(decodeJournal(Buffer.concat([encode(header, records), noise])))
			}),
		)
	})

	test.each([
		['another version', (line: string) => line.replace('skein-journal 1', 'skein-journal 2')],
		['no length', (line: string) => line.replace('"bytes":10000000', '"bytes":null')],
		['a length that is no whole number', (line: string) => line.replace('"bytes":10000000', '"bytes":1.5')],
		['no nonce', (line: string) => line.replace('"nonce"', '"once"')],
		['no identity of the file', (line: string) => line.replace('"file"', '"fail"')],
		['no JSON', (line: string) => line.replace('{', '[')],
	])('a header with a right sum but %s is none', async (_, damage) => {
		const { crc32 } = await import('node:zlib')
		const body = damage(encodeHeader(header).text.slice(0, -10))
		const sum = crc32(body).toString(16).padStart(8, '0')
		expect(decodeJournal(Buffer.from(`${body} ${sum}\n`))).toBeUndefined()
	})

	test('a failed sync takes back what was only written, and nothing that was durable or came later', () => {
		const [w1, w2, d1, w3] = records as [JournalEntry, JournalEntry, JournalEntry, JournalEntry]
		expect(decodeJournal(encode(header, [w1, w2, d1, { kind: 'lost' }, w3]))?.records).toEqual([d1, w3])
	})

	test('a record beyond the end of the file ends what is read', () => {
		const beyond: JournalEntry = { kind: 'durable', range: { start: 0, end: header.bytes + 1 } }
		expect(decodeJournal(encode(header, [beyond, ...records]))?.records).toEqual([])
	})
})
