import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseContentRange, parseUnsatisfiedTotal, rangeField } from '../../src/model/content-range.ts'

const largest = Number.MAX_SAFE_INTEGER

describe('the Range field', () => {
	test.each<[number, number | undefined, string]>([
		[0, undefined, 'bytes=0-'],
		[500, undefined, 'bytes=500-'],
		[0, 1, 'bytes=0-0'],
		[500, 1000, 'bytes=500-999'],
		[2 ** 52, 2 ** 52 + 1, 'bytes=4503599627370496-4503599627370496'],
	])('for bytes from %s before %s is %s', (start, end, field) => {
		expect(rangeField(start, end)).toBe(field)
	})
})

describe('a Content-Range', () => {
	test.each<[string, number, number, number | undefined]>([
		['bytes 0-0/1', 0, 1, 1],
		['bytes 0-499/1000', 0, 500, 1000],
		['bytes 500-999/1000', 500, 1000, 1000],
		['bytes 42-1233/*', 42, 1234, undefined],
		['Bytes 0-9/10', 0, 10, 10],
		['bytes  0-9/10', 0, 10, 10],
		['bytes\t0-9/10', 0, 10, 10],
		['bytes 000-009/010', 0, 10, 10],
		['bytes 4294967296-4294967297/5000000000', 4294967296, 4294967298, 5000000000],
		[`bytes 0-${largest - 1}/${largest}`, 0, largest, largest],
	])('%s is read', (field, start, end, bytes) => {
		expect(parseContentRange(field)).toEqual({ range: { start, end }, bytes })
	})

	test.each<[string, string | undefined]>([
		['is missing', undefined],
		['is empty', ''],
		['has the last byte before the first', 'bytes 5-4/10'],
		['has a last byte at the total', 'bytes 0-10/10'],
		['has a last byte beyond the total', 'bytes 0-11/10'],
		['has a range in an empty file', 'bytes 0-0/0'],
		['has another unit', 'items 0-9/10'],
		['has no unit', '0-9/10'],
		['has the form of a request', 'bytes=0-9'],
		['has an equals sign', 'bytes=0-9/10'],
		['has a colon', 'bytes: 0-9/10'],
		['has no total', 'bytes 0-9'],
		['has an empty total', 'bytes 0-9/'],
		['has no first byte', 'bytes -9/10'],
		['has no last byte', 'bytes 0-/10'],
		['is unsatisfied', 'bytes */10'],
		['has a plus sign', 'bytes +0-9/10'],
		['has a negative first byte', 'bytes -1-9/10'],
		['has a negative total', 'bytes 0-9/-10'],
		['has a fraction', 'bytes 0-9.0/10'],
		['has an exponent', 'bytes 0-9/1e3'],
		['has a hexadecimal number', 'bytes 0-0x9/10'],
		['has digits of another script', 'bytes ٠-٩/10'],
		['has spaces within', 'bytes 0 - 9/10'],
		['has spaces about the slash', 'bytes 0-9 / 10'],
		['has something after it', 'bytes 0-9/10;'],
		['is there twice', 'bytes 0-9/10, bytes 0-9/10'],
		['names two ranges', 'bytes 0-4,5-9/10'],
		['has a line break after it', 'bytes 0-9/10\n'],
		['ends at 2^53', `bytes 0-${largest}/*`],
		['has a total beyond 2^53 - 1', 'bytes 0-9/9007199254740992'],
		['has a total with more digits than a number holds', `bytes 0-9/${'9'.repeat(400)}`],
		['has a first byte beyond 2^53 - 1', 'bytes 9007199254740992-9007199254740993/*'],
	])('that %s is not believed', (_, field) => {
		expect(parseContentRange(field)).toBeUndefined()
	})

	test('says what was written into it', () => {
		const part = fc.tuple(fc.maxSafeNat(), fc.maxSafeNat()).filter(([a, b]) => a !== b)
		fc.assert(
			fc.property(part, fc.option(fc.maxSafeNat(), { nil: undefined }), ([a, b], more) => {
				const [start, end] = a < b ? [a, b] : [b, a]
				const bytes = more === undefined ? undefined : Math.min(largest, end + more)
				expect(parseContentRange(`bytes ${start}-${end - 1}/${bytes ?? '*'}`)).toEqual({ range: { start, end }, bytes })
			}),
		)
	})

	test('that is believed always holds a byte, within its total', () => {
		const piece = fc.oneof(
			fc.constantFrom('bytes', ' ', '-', '/', '*', '+', '.'),
			fc.bigInt({ min: 0n, max: 2n ** 60n }),
		)
		const dirt = fc.array(piece, { maxLength: 8 }).map(pieces => pieces.join(''))
		const numbers = fc.bigInt({ min: 0n, max: 2n ** 54n })
		const close = fc.tuple(numbers, numbers, numbers).map(([first, last, total]) => `bytes ${first}-${last}/${total}`)
		fc.assert(
			fc.property(fc.oneof(dirt, close), field => {
				const content = parseContentRange(field)
				if (content === undefined) return
				const { range, bytes } = content
				expect(range.start).toBeLessThan(range.end)
				expect(range.end).toBeLessThanOrEqual(bytes ?? largest)
				expect(Number.isSafeInteger(range.end)).toBe(true)
			}),
			{ numRuns: 500 },
		)
	})
})

describe('the total that a 416 names', () => {
	test.each<[string | undefined, number | undefined]>([
		['bytes */0', 0],
		['bytes */1234', 1234],
		['BYTES  */1234', 1234],
		[`bytes */${largest}`, largest],
		['bytes */9007199254740992', undefined],
		[`bytes */${'1'.repeat(30)}`, undefined],
		['bytes */*', undefined],
		['bytes */', undefined],
		['bytes */-1', undefined],
		['bytes 0-9/10', undefined],
		['items */10', undefined],
		['*/10', undefined],
		['', undefined],
		[undefined, undefined],
	])('in %j is %s', (field, bytes) => {
		expect(parseUnsatisfiedTotal(field)).toBe(bytes)
	})
})
