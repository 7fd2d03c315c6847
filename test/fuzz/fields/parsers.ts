import { parseRetryAfter } from '../../../src/control/retry-after.ts'
import { fileNameFromDisposition } from '../../../src/model/content-disposition.ts'
import { parseContentRange, parseUnsatisfiedTotal } from '../../../src/model/content-range.ts'
import { type Digest, digestAlgorithms } from '../../../src/model/digest.ts'
import { digestsFromFields } from '../../../src/model/digest-fields.ts'
import { chooseFileName } from '../../../src/model/file-name.ts'
import { parseHttpDate } from '../../../src/model/http-date.ts'
import { parseByteDictionary } from '../../../src/model/structured-bytes.ts'
import { ifRangeField, strongValidator } from '../../../src/model/validator.ts'

/** One reader of what a server wrote into a field. */
export interface FieldParser {
	readonly name: string
	/** Reads the field, and throws where the answer is one that no text may have. */
	read(field: string): void
	/** What the grammar is made of: garbage of these goes deeper than garbage of letters. */
	readonly pieces: readonly string[]
}

const url = new URL('http://host.test/file.bin')
const wallMs = Date.UTC(2026, 0, 1)
const base64OfBytes = (bytes: number): string => Buffer.alloc(bytes, 0xab).toString('base64')

const datePieces = [
	'Sun, ',
	'06 Nov',
	'06-Nov-94',
	'1994',
	' 08:49:37',
	' GMT',
	'Sunday, ',
	'Nov  6',
	'31 Feb',
	'60',
	'99',
]
const digestPieces = ['sha-256', 'SHA', 'crc32c', '=', ':', ',', ';', '"', '\\"', '%"', '-7', base64OfBytes(32), 'AA==']

/** Every field that the program reads in more than one way of reading a number. */
export const fieldParsers: readonly FieldParser[] = [
	{
		name: 'Content-Disposition',
		read(field) {
			const name = fileNameFromDisposition(field)
			require(name !== '', 'an empty name')
			const chosen = chooseFileName({ disposition: field, url })
			require(chosen === chooseFileName({ disposition: field, url }), 'two names for one field')
		},
		pieces: [
			...['attachment', 'inline', ';', ',', '=', '"', '\\', "'", ' ', '\t', 'filename', 'filename*', '%', '%e4', '%2F'],
			...["UTF-8''", "iso-8859-1'en'", '=?utf-8?q?', '=?x?b?', '?=', '\xc3\xa4', '\xff', 'C:\\', '..\\'],
		],
	},
	{
		name: 'Content-Range',
		read(field) {
			const content = parseContentRange(field)
			if (content === undefined) return
			const { range, bytes } = content
			require(Number.isSafeInteger(range.start) && Number.isSafeInteger(range.end), 'a range beyond 2^53')
			require(range.start >= 0 && range.start < range.end, 'a range that holds nothing')
			require(bytes === undefined || (Number.isSafeInteger(bytes) && range.end <= bytes), 'a range beyond its total')
		},
		pieces: ['bytes', ' ', '\t', '0', '1', '9'.repeat(16), '9007199254740991', '-', '/', '*', '+', 'e9', ',', '0x1'],
	},
	{
		name: 'Content-Range of a 416',
		read(field) {
			const total = parseUnsatisfiedTotal(field)
			require(total === undefined || (Number.isSafeInteger(total) && total >= 0), 'a total that is none')
		},
		pieces: ['bytes', ' ', '*', '/', '0', '7', '9'.repeat(16), '-', '.', 'e9'],
	},
	{
		name: 'Date and Last-Modified',
		read(field) {
			const ms = parseHttpDate(field, wallMs)
			require(ms === undefined || (Number.isSafeInteger(ms) && ms % 1000 === 0), 'a date that is none')
		},
		pieces: datePieces,
	},
	{
		name: 'Retry-After',
		read(field) {
			const ms = parseRetryAfter(field, wallMs)
			require(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0), 'a delay that is none')
		},
		pieces: ['0', '120', '9'.repeat(20), '-1', '1.5', ' ', ...datePieces],
	},
	{
		name: 'ETag and Last-Modified',
		read(field) {
			const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
			const asEtag = { etag: field, lastModified: undefined, date }
			require(ifRangeField(asEtag) === strongValidator(asEtag)?.value, 'an If-Range of an ETag that is not strong')
			require(!field.startsWith('W/') || strongValidator(asEtag) === undefined, 'a weak ETag that is strong')
			const asDate = { etag: undefined, lastModified: field, date }
			require(strongValidator(asDate) === undefined || parseHttpDate(field) !== undefined, 'a validator of no date')
		},
		pieces: ['W/', 'w/', '"', '\\"', 'v1', ' ', '\xff', '\x7f', ...datePieces],
	},
	{
		name: 'Repr-Digest and Content-Digest',
		read(field) {
			parseByteDictionary(field)
			requireDigests(field, ['repr-digest', 'content-digest'])
		},
		pieces: digestPieces,
	},
	{
		name: 'Digest, Content-MD5 and those of object stores',
		read: field => requireDigests(field, ['digest', 'content-md5', 'x-goog-hash', 'x-amz-checksum-sha256']),
		pieces: digestPieces,
	},
]

function requireDigests(field: string, names: readonly string[]): void {
	const fields = new Map(names.map(name => [name, field]))
	for (const digest of digestsFromFields({ fields, wholeInOneResponse: true })) requireDigest(digest)
}

const hexDigits: Readonly<Record<Digest['algorithm'], number>> = {
	'sha-512': 128,
	'sha-384': 96,
	'sha-256': 64,
	'sha-1': 40,
	md5: 32,
	crc32c: 8,
	crc32: 8,
}

function requireDigest({ algorithm, value }: Digest): void {
	require(digestAlgorithms.includes(algorithm), 'a digest of no algorithm')
	require(/^[0-9a-f]*$/.test(value) && value.length === hexDigits[algorithm], 'a digest of another length')
}

function require(holds: boolean, otherwise: string): void {
	if (!holds) throw new Error(otherwise)
}
