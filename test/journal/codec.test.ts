import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
	decodeJournal,
	type EncodedLine,
	encodeEntry,
	encodeHeader,
	type JournalEntry,
} from '../../src/journal/codec.ts'
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

/** A line with the sum that belongs there, whatever it says. */
function sealed(body: string, previousSum: number): string {
	return `${body} ${crc32(body, previousSum).toString(16).padStart(8, '0')}\n`
}

function bodyOf(line: EncodedLine): string {
	return line.text.slice(0, -' 12345678\n'.length)
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

	test('of two journals spliced anywhere, a prefix of one is read, and never a record of both', () => {
		const journal = fc.record({ nonce: fc.constantFrom('one', 'two'), records: fc.array(record, { maxLength: 6 }) })
		const place = fc.double({ min: 0, max: 1, noNaN: true })
		// Half of the splices fall between two lines, where a seam shows least.
		const seam = (bytes: Buffer, at: number, atLine: boolean): number => {
			const near = Math.round(at * bytes.length)
			return atLine ? bytes.indexOf('\n', near) + 1 : near
		}
		fc.assert(
			fc.property(journal, journal, place, place, fc.boolean(), (a, b, endOfA, startOfB, atLine) => {
				const states = [a, b].map(({ nonce, records }) => ({ header: { ...header, nonce }, records }))
				const [wholeA, wholeB] = states.map(state => encode(state.header, state.records)) as [Buffer, Buffer]
				const [end, start] = [seam(wholeA, endOfA, atLine), seam(wholeB, startOfB, atLine)]
				const read = decodeJournal(Buffer.concat([wholeA.subarray(0, end), wholeB.subarray(start)]))
				if (read === undefined) return
				const prefixes = states.map(state => ({ ...state, records: state.records.slice(0, read.records.length) }))
				expect(prefixes).toContainEqual(read)
			}),
			{ numRuns: 500 },
		)
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
		['another version', 'skein-journal 1', 'skein-journal 2'],
		['no URL', '"url"', '"uri"'],
		['a digest of the URL that is no text', `"urlDigest":"${header.urlDigest}"`, '"urlDigest":5'],
		['no length', '"bytes":10000000', '"bytes":null'],
		['a length that is text', '"bytes":10000000', '"bytes":"10000000"'],
		['a length that is no whole number', '"bytes":10000000', '"bytes":1.5'],
		['a length below nothing', '"bytes":10000000', '"bytes":-1'],
		['no nonce', '"nonce"', '"once"'],
		['no identity of the file', '"file"', '"fail"'],
		['no device of the file', '"device"', '"devise"'],
		['an inode of the file that is a number', '"inode":"9007199254740993"', '"inode":9007199254740993'],
		['no birth time of the file', '"birthNs"', '"berthNs"'],
		['an ETag that is no text', '"etag":"\\"v 1\\""', '"etag":1'],
		['no JSON', '{', '['],
	])('a header with a right sum but %s is none', (_, right, wrong) => {
		const body = bodyOf(encodeHeader(header))
		expect(body).toContain(right)
		expect(decodeJournal(Buffer.from(sealed(body.replace(right, wrong), 0)))).toBeUndefined()
	})

	test('a header that says nothing about the version is that of one which nothing names', () => {
		const body = bodyOf(encodeHeader(header)).replace('"identity"', '"identify"')
		const identity = { etag: undefined, lastModified: undefined, date: undefined }
		expect(decodeJournal(Buffer.from(sealed(body, 0)))?.header).toEqual({ ...header, identity })
	})

	test('a header of an empty file is one', () => {
		const empty = { ...header, bytes: 0 }
		expect(decodeJournal(encode(empty, []))).toEqual({ header: empty, records: [] })
	})

	test.each([
		['', 'nothing'],
		['d 5 5', 'an empty range'],
		['d 6 5', 'a range that ends before it begins'],
		['d 0 10000001', 'bytes that the file has not'],
		['d 0 5 ', 'a blank too many'],
		['d 0  5', 'two blanks'],
		['d 0 +5', 'a sign'],
		['d 0 0x5', 'another base'],
		['d 0 00000000000000005', 'seventeen digits'],
		['D 0 5', 'a capital'],
		['w 0 5', 'no sum of the bytes'],
		['w 0 5 0000000', 'seven digits of a sum'],
		['w 0 5 000000000', 'nine digits of a sum'],
		['w 0 5 0000000A', 'a capital in a sum'],
		['l 0 5', 'more than the news of a loss'],
		['x 0 5', 'a kind that nobody knows'],
	])('a line with a right sum that says %j (%s) ends what is read', body => {
		const first = encodeHeader(header)
		const known = encodeEntry(records[0] as JournalEntry, first.sum)
		const unknown = sealed(body, known.sum)
		const after = encodeEntry(records[1] as JournalEntry, crc32(body, known.sum))
		const journal = Buffer.from(first.text + known.text + unknown + after.text)
		expect(decodeJournal(journal)).toEqual({ header, records: [records[0]] })
	})

	test('a failed sync takes back what was only written, and nothing that was durable or came later', () => {
		const [w1, w2, d1, w3] = records as [JournalEntry, JournalEntry, JournalEntry, JournalEntry]
		expect(decodeJournal(encode(header, [w1, w2, d1, { kind: 'lost' }, w3]))?.records).toEqual([d1, w3])
	})
})
