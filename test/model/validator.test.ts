import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Identity, identityFrom, ifRangeField, strongValidator } from '../../src/model/validator.ts'

const modified = 'Mon, 15 Jun 2026 12:00:00 GMT'
const aMinuteLater = 'Mon, 15 Jun 2026 12:01:00 GMT'
const nearlyAMinuteLater = 'Mon, 15 Jun 2026 12:00:59 GMT'

function identity(facts: Partial<Identity>): Identity {
	return { etag: undefined, lastModified: undefined, date: undefined, ...facts }
}

describe('an ETag', () => {
	test.each<[string, boolean]>([
		['"abc"', true],
		['""', true],
		['"!#~\x80\xff"', true],
		['"W/abc"', true],
		['"back\\slash\'and:comma,"', true],
		['W/"abc"', false],
		['w/"abc"', false],
		['abc', false],
		['"abc', false],
		['abc"', false],
		["'abc'", false],
		['"a"c"', false],
		['"a c"', false],
		['"a\tc"', false],
		['"a\u007fc"', false],
		['"a", "b"', false],
		['"a", "a"', false],
		['"abc" ', false],
		['"abc"\n', false],
		['"abc"-gzip', false],
		['*', false],
		['', false],
	])('%j is strong: %s', (etag, strong) => {
		const expected = strong ? { kind: 'etag', value: etag } : undefined
		expect(strongValidator(identity({ etag }))).toEqual(expected)
		expect(ifRangeField(identity({ etag }))).toBe(strong ? etag : undefined)
	})
})

describe('a Last-Modified', () => {
	test.each<[string, Partial<Identity>, boolean]>([
		['a minute older than its response', { lastModified: modified, date: aMinuteLater }, true],
		['years older', { lastModified: 'Sun, 06 Nov 1994 08:49:37 GMT', date: modified }, true],
		['in an old form, years older', { lastModified: 'Sunday, 06-Nov-94 08:49:37 GMT', date: modified }, true],
		['less than a minute older', { lastModified: modified, date: nearlyAMinuteLater }, false],
		['of the same second', { lastModified: modified, date: modified }, false],
		['in the future', { lastModified: aMinuteLater, date: modified }, false],
		['of a response without a Date', { lastModified: modified }, false],
		['of a response with an unreadable Date', { lastModified: modified, date: 'yesterday' }, false],
		['that cannot be read', { lastModified: '2026-06-15', date: aMinuteLater }, false],
		['that is empty', { lastModified: '', date: aMinuteLater }, false],
		['that is not there', { date: aMinuteLater }, false],
	])('%s: strong or not', (_, facts, strong) => {
		const value = facts.lastModified
		expect(strongValidator(identity(facts))).toEqual(strong ? { kind: 'last-modified', value } : undefined)
		expect(ifRangeField(identity(facts))).toBe(strong ? value : undefined)
	})

	test('stands back behind a strong ETag', () => {
		const both = identity({ etag: '"abc"', lastModified: modified, date: aMinuteLater })
		expect(strongValidator(both)).toEqual({ kind: 'etag', value: '"abc"' })
		expect(ifRangeField(both)).toBe('"abc"')
	})

	test.each([['W/"abc"'], ['abc'], ['']])('beside %j proves the version and is not sent in If-Range', etag => {
		const both = identity({ etag, lastModified: modified, date: aMinuteLater })
		expect(strongValidator(both)).toEqual({ kind: 'last-modified', value: modified })
		expect(ifRangeField(both)).toBeUndefined()
	})
})

describe('the identity of a version', () => {
	test('is what its response said, byte for byte', () => {
		const fields = new Map([
			['etag', 'W/"abc"'],
			['last-modified', modified],
			['date', aMinuteLater],
			['content-type', 'text/plain'],
		])
		expect(identityFrom(fields)).toEqual({ etag: 'W/"abc"', lastModified: modified, date: aMinuteLater })
		expect(identityFrom(new Map())).toEqual(identity({}))
	})

	test('never puts into If-Range what does not prove the version, and never a weak ETag', () => {
		const etag = fc.oneof(
			fc.string(),
			fc.string().map(text => `"${text}"`),
			fc.string().map(text => `W/"${text}"`),
		)
		const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
		const dates = fc.constantFrom(modified, aMinuteLater, nearlyAMinuteLater, 'dirt')
		fc.assert(
			fc.property(optional(etag), optional(dates), optional(dates), (etag, lastModified, date) => {
				const sent = ifRangeField({ etag, lastModified, date })
				if (sent === undefined) return
				expect(strongValidator({ etag, lastModified, date })?.value).toBe(sent)
				expect(sent).not.toMatch(/^W\//i)
			}),
		)
	})
})
