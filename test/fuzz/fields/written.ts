import fc from 'fast-check'
import { parseRetryAfter } from '../../../src/control/retry-after.ts'
import { fileNameFromDisposition } from '../../../src/model/content-disposition.ts'
import { parseContentRange, parseUnsatisfiedTotal } from '../../../src/model/content-range.ts'
import { digestAlgorithms } from '../../../src/model/digest.ts'
import { digestsFromFields } from '../../../src/model/digest-fields.ts'
import { parseHttpDate } from '../../../src/model/http-date.ts'
import { parseByteDictionary } from '../../../src/model/structured-bytes.ts'
import { byteSequencesOf, Malformed } from './rfc9651.ts'

/*
 * What is written as the RFC has it is read as it was meant; and a Dictionary is read as the RFC's own algorithm reads it.
 */

/** A law that holds of every field. */
export interface FieldLaw {
	readonly name: string
	readonly law: fc.IRawProperty<unknown>
}

/** `holds` with a type that a list can have. */
function law<T>(name: string, values: fc.Arbitrary<T>, holds: (value: T) => boolean): FieldLaw {
	return { name, law: fc.property(values, holds) as fc.IRawProperty<unknown> }
}

/** Small ones too, so that the ends of ranges meet. */
const safeInteger = fc.oneof(fc.nat(4), fc.maxSafeNat())
const digest = fc.constantFrom(...digestAlgorithms).chain(algorithm => {
	const bytes = { 'sha-512': 64, 'sha-384': 48, 'sha-256': 32, 'sha-1': 20, md5: 16, crc32c: 4, crc32: 4 }[algorithm]
	return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(value => ({ algorithm, value: Buffer.from(value) }))
})
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const second = fc.integer({ min: Date.UTC(1971, 0, 1) / 1000, max: Date.UTC(2069, 11, 31) / 1000 })

/** The second that `date` says, in the three forms of RFC 9110 §5.6.7. */
function formsOf(date: Date): readonly string[] {
	const [day = '', month = ''] = [days[date.getUTCDay()], months[date.getUTCMonth()]]
	const time = date.toISOString().slice(11, 19)
	const dd = String(date.getUTCDate()).padStart(2, '0')
	const year = String(date.getUTCFullYear())
	return [
		`${day.slice(0, 3)}, ${dd} ${month} ${year} ${time} GMT`,
		`${day}, ${dd}-${month}-${year.slice(2)} ${time} GMT`,
		`${day.slice(0, 3)} ${month} ${dd.replace(/^0/, ' ')} ${time} ${year}`,
	]
}

const dictionaryPieces = fc.constantFrom(
	...['a', 'sha-256', 'A', '*', '_', '=', ':', ':AAAA:', ':AA==:', ':AA:', ':A=AA:', ':A:', '::', ',', ';', ' ', '\t'],
	...['"', '"x"', '\\', '1', '-1.5', '123456789012.123', '1234567890123.1', 'x/y:z', 'T!#', '?1', '?2', '@12', '@1.0'],
	...['%"', '%c3%a4', '%C3', '\u00a0', '\u000b', '=:AAAA:', ', b=:AAAA:', ';p=', ';p', '\u00e9', '\n'],
)

/** Written and read again. */
export const fieldLaws: readonly FieldLaw[] = [
	law('any name survives RFC 8187', fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), name => {
		const encoded = Array.from(Buffer.from(name), byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
		return fileNameFromDisposition(`attachment; filename=x; filename*=UTF-8''${encoded}`) === name
	}),
	law('a byte range survives Content-Range', fc.tuple(safeInteger, safeInteger, fc.option(safeInteger)), numbers => {
		const [a, b, total] = numbers
		const [first, last] = a < b ? [a, b] : [b, a]
		const read = parseContentRange(`bytes ${first}-${last}/${total ?? '*'}`)
		const legal = last < Number.MAX_SAFE_INTEGER && (total === null || last < total)
		if (!legal) return read === undefined
		return read?.range.start === first && read.range.end === last + 1 && read.bytes === (total ?? undefined)
	}),
	law(
		'a total survives the Content-Range of a 416',
		safeInteger,
		total => parseUnsatisfiedTotal(`bytes */${total}`) === total,
	),
	law('a second survives each of the three forms of a date', second, seconds => {
		const date = new Date(seconds * 1000)
		return formsOf(date).every(form => parseHttpDate(form, Date.UTC(2020, 0, 1)) === date.getTime())
	}),
	law('a delay survives Retry-After, in seconds and as a date', fc.tuple(second, fc.nat(1e6)), ([from, seconds]) => {
		const date = new Date((from + seconds) * 1000).toUTCString()
		return (
			parseRetryAfter(String(seconds), from * 1000) === seconds * 1000 &&
			parseRetryAfter(date, from * 1000) === seconds * 1000
		)
	}),
	law('digests survive Repr-Digest', fc.array(digest, { maxLength: 5 }), digests => {
		const last = new Map(digests.map(({ algorithm, value }) => [algorithm, value]))
		const name = (algorithm: string): string => (algorithm === 'sha-1' ? 'sha' : algorithm)
		const members = digests.map(({ algorithm, value }) => `${name(algorithm)}=:${value.toString('base64')}:`)
		const fields = new Map([['repr-digest', members.join(', ')]])
		const read = digestsFromFields({ fields, wholeInOneResponse: false })
		return read.length === last.size && read.every(one => one.value === last.get(one.algorithm)?.toString('hex'))
	}),
	law(
		'a Dictionary is read as the algorithm of RFC 9651 reads it',
		fc
			.tuple(fc.constantFrom('', 'a=:AAAA:', 'a=:AAAA:;p='), fc.array(dictionaryPieces, { maxLength: 8 }))
			.map(([begin, pieces]) => begin + pieces.join('')),
		field => sameMembers(parseByteDictionary(field), bySteps(field)),
	),
]

function bySteps(field: string): ReadonlyMap<string, string> | undefined {
	try {
		return byteSequencesOf(field)
	} catch (error) {
		if (error instanceof Malformed) return undefined
		throw error
	}
}

function sameMembers(a: ReadonlyMap<string, string> | undefined, b: ReadonlyMap<string, string> | undefined): boolean {
	if (a === undefined || b === undefined) return a === b
	return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
}
