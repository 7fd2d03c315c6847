import { crc32 } from 'node:zlib'
import type { ByteRange } from '../model/byte-range.ts'
import { algorithmNamed, type DigestValue, hexOfDigest, sameDigest } from '../model/digest.ts'
import type { JournalHeader, JournalRecord, JournalState } from './contract.ts'

/** The first bytes of every journal; a form that older programs would misread gets another number. */
const magic = 'skein-journal 1 '

/** A record as text, and the sum that the record after it continues. `docs/design/journal.md` has the format byte by byte. */
export interface EncodedLine {
	readonly text: string
	readonly sum: number
}

/**
 * What a journal holds: records; the news that a sync failed, which takes back all that was only written; and the digest under
 * which bytes of other URLs count. A program that does not know the last stops there, and trusts only what is of one URL.
 */
export type JournalEntry =
	| JournalRecord
	| { readonly kind: 'lost' }
	| { readonly kind: 'shared'; readonly digest: DigestValue }

export function encodeHeader(header: JournalHeader): EncodedLine {
	const { sharedUnder, ...own } = header
	const line = sealed(`${magic}${JSON.stringify(own)}`, 0)
	if (sharedUnder === undefined) return line
	const shared = encodeEntry({ kind: 'shared', digest: sharedUnder }, line.sum)
	return { text: line.text + shared.text, sum: shared.sum }
}

export function encodeEntry(entry: JournalEntry, previousSum: number): EncodedLine {
	return sealed(bodyOf(entry), previousSum)
}

/** The longest undamaged prefix; undefined where not even the header is whole. */
export function decodeJournal(bytes: Uint8Array): JournalState | undefined {
	const lines = undamagedLines(bytes)
	const header = firstOf(lines)
	if (header === undefined) return undefined
	let records: JournalRecord[] = []
	let sharedUnder: DigestValue | undefined
	for (const line of lines) {
		const entry = readEntry(line, header.bytes)
		if (entry === undefined) break
		if (entry.kind === 'lost') records = records.filter(record => record.kind === 'durable')
		else if (entry.kind !== 'shared') records.push(entry)
		else if (sharedUnder === undefined || sameDigest(sharedUnder, entry.digest)) sharedUnder = entry.digest
		else break
	}
	return { header: sharedUnder === undefined ? header : { ...header, sharedUnder }, records }
}

/** As it was begun: no line after the first is looked at. Undefined where that is not whole. */
export function decodeHeader(bytes: Uint8Array): JournalHeader | undefined {
	return firstOf(undamagedLines(bytes))
}

/** Eight digits, lower case. Each sum continues the previous one, so that lines can neither be left out nor change places. */
function sealed(body: string, previousSum: number): EncodedLine {
	const sum = crc32(body, previousSum)
	return { text: `${body} ${hex(sum)}\n`, sum }
}

function bodyOf(entry: JournalEntry): string {
	switch (entry.kind) {
		case 'written':
			return `w ${entry.range.start} ${entry.range.end} ${hex(entry.crc32)}`
		case 'durable':
			return `d ${entry.range.start} ${entry.range.end}`
		case 'lost':
			return 'l'
		case 'shared':
			return `s ${entry.digest.algorithm} ${entry.digest.value}`
	}
}

function hex(sum: number): string {
	return sum.toString(16).padStart(8, '0')
}

const newline = 0x0a
/** A space and the eight digits of the sum. */
const sealBytes = 9

/** The sums are compared on the bytes as they are: text that was decoded first could hide a flipped bit. */
function* undamagedLines(bytes: Uint8Array): Generator<string, undefined> {
	const journal = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
	let sum = 0
	let start = 0
	for (let end = journal.indexOf(newline); end >= 0; end = journal.indexOf(newline, start)) {
		const body = journal.subarray(start, Math.max(start, end - sealBytes))
		sum = crc32(body, sum)
		if (journal.toString('latin1', start + body.length, end) !== ` ${hex(sum)}`) return
		yield body.toString('utf8')
		start = end + 1
	}
}

function firstOf(lines: Generator<string, undefined>): JournalHeader | undefined {
	const first = lines.next()
	return first.done ? undefined : readHeader(first.value)
}

function readHeader(line: string): JournalHeader | undefined {
	if (!line.startsWith(magic)) return undefined
	try {
		return checkedHeader(JSON.parse(line.slice(magic.length)))
	} catch {
		return undefined
	}
}

/** A sum shows damage, not intent: what is read is taken field by field, so that nothing else comes in with it. */
function checkedHeader(value: Partial<JournalHeader>): JournalHeader | undefined {
	const { url, urlDigest, bytes, identity, file, nonce } = value
	if (typeof url !== 'string' || typeof urlDigest !== 'string' || typeof nonce !== 'string') return undefined
	if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return undefined
	const { device, inode, birthNs } = file ?? {}
	if (typeof device !== 'string' || typeof inode !== 'string' || typeof birthNs !== 'string') return undefined
	const { etag, lastModified, date } = identity ?? {}
	if (![etag, lastModified, date].every(field => field === undefined || typeof field === 'string')) return undefined
	return { url, urlDigest, bytes, identity: { etag, lastModified, date }, file: { device, inode, birthNs }, nonce }
}

const recordForm = /^(?:w (\d{1,16}) (\d{1,16}) ([0-9a-f]{8})|d (\d{1,16}) (\d{1,16})|l)$/

/** Undefined where the line is none of ours, or names bytes that the file has not: reading stops there. */
function readEntry(line: string, bytes: number): JournalEntry | undefined {
	if (line.startsWith('s ')) return readShared(line)
	const match = recordForm.exec(line)
	if (match === null) return undefined
	const [, writtenStart, writtenEnd, sum, durableStart, durableEnd] = match
	if (line === 'l') return { kind: 'lost' }
	const range: ByteRange = { start: Number(writtenStart ?? durableStart), end: Number(writtenEnd ?? durableEnd) }
	if (range.start >= range.end || range.end > bytes) return undefined
	return sum === undefined ? { kind: 'durable', range } : { kind: 'written', range, crc32: Number.parseInt(sum, 16) }
}

function readShared(line: string): JournalEntry | undefined {
	const [, name = '', hex = ''] = /^s ([a-z0-9-]+) ([0-9a-f]+)$/.exec(line) ?? []
	const algorithm = algorithmNamed(name)
	const value = algorithm === undefined ? undefined : hexOfDigest(algorithm, hex)
	return algorithm === undefined || value === undefined ? undefined : { kind: 'shared', digest: { algorithm, value } }
}
