import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseHttpDate } from '../../src/model/http-date.ts'

const wallMs = Date.UTC(2026, 5, 15, 12)
const nov6 = Date.UTC(1994, 10, 6, 8, 49, 37)

describe('an HTTP-date', () => {
	test.each<[string, number]>([
		['Sun, 06 Nov 1994 08:49:37 GMT', nov6],
		['Sunday, 06-Nov-94 08:49:37 GMT', nov6],
		['Sun Nov  6 08:49:37 1994', nov6],
		['Sun Nov 16 08:49:37 1994', nov6 + 10 * 86_400_000],
		['Thu, 01 Jan 1970 00:00:00 GMT', 0],
		['Wed, 31 Dec 1969 23:59:59 GMT', -1000],
		['Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
		['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59)],
		// The wrong day of the week is a common slip, and says nothing.
		['Mon, 06 Nov 1994 08:49:37 GMT', nov6],
	])('%s is read', (text, ms) => {
		expect(parseHttpDate(text, wallMs)).toBe(ms)
	})

	test('may fall on a leap second, which counts into the next minute', () => {
		expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT')).toBe(Date.UTC(2017, 0, 1))
	})

	test('of a year before 100 is not of the twentieth century', () => {
		// What a server writes that has no date: the first moment of its calendar.
		expect(parseHttpDate('Mon, 01 Jan 0001 00:00:00 GMT')).toBe(Date.parse('0001-01-01T00:00:00Z'))
		expect(parseHttpDate('Sat Jan  1 00:00:00 0099')).toBe(Date.parse('0099-01-01T00:00:00Z'))
	})

	test.each<[string]>([
		[''],
		['-5'],
		['0'],
		['1000'],
		['1e3'],
		['now'],
		['2026-06-15T12:00:00Z'],
		['1994'],
		['Sun, 06 Nov 1994 08:49:37'],
		['Sun, 06 Nov 1994 08:49:37 gmt'],
		['Sun, 06 Nov 1994 08:49:37 UTC'],
		['Sun, 06 Nov 1994 08:49:37 +0000'],
		['Sun, 06 Nov 1994 08:49:37 PST'],
		['sun, 06 nov 1994 08:49:37 GMT'],
		['Sun, 06 NOV 1994 08:49:37 GMT'],
		[' Sun, 06 Nov 1994 08:49:37 GMT'],
		['Sun, 06 Nov 1994 08:49:37 GMT '],
		['Sun, 06 Nov 1994 08:49:37 GMT\n'],
		['Sun,  06 Nov 1994 08:49:37 GMT'],
		['Sun 06 Nov 1994 08:49:37 GMT'],
		['Sun, 6 Nov 1994 08:49:37 GMT'],
		['Sun, 06-Nov-1994 08:49:37 GMT'],
		['Sun, 06 Nov 94 08:49:37 GMT'],
		['Sun, 06 Nov 19940 08:49:37 GMT'],
		['Sun, 06 Nov 1994 8:49:37 GMT'],
		['Sun, 06 Nov 1994 08:49 GMT'],
		['Sun, 06 Nov 1994 24:00:00 GMT'],
		['Sun, 06 Nov 1994 08:60:00 GMT'],
		['Sun, 06 Nov 1994 08:49:61 GMT'],
		['Sun, 00 Nov 1994 08:49:37 GMT'],
		['Sun, 31 Nov 1994 08:49:37 GMT'],
		['Sun, 29 Feb 2025 08:49:37 GMT'],
		['Sun, 06 Foo 1994 08:49:37 GMT'],
		['Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT'],
		['Sunday, 06-Nov-94 08:49:37'],
		['Sunday, 31-Feb-94 08:49:37 GMT'],
		['Sun Nov 6 08:49:37 1994'],
		['Sun Nov 31 08:49:37 1994'],
		['Sun Nov  6 08:49:37 1994 GMT'],
		['Sun, ٠٦ Nov 1994 08:49:37 GMT'],
	])('%j is none', text => {
		expect(parseHttpDate(text, wallMs)).toBeUndefined()
	})

	test('of a two-digit year is within fifty years from when it is read, or in the past', () => {
		const yearOf = (twoDigits: string, year: number): number =>
			new Date(
				parseHttpDate(`Monday, 15-Jun-${twoDigits} 12:00:00 GMT`, Date.UTC(year, 5, 15, 12)) ?? 0,
			).getUTCFullYear()
		expect(yearOf('26', 2026)).toBe(2026)
		expect(yearOf('76', 2026)).toBe(2076)
		expect(yearOf('77', 2026)).toBe(1977)
		expect(yearOf('99', 2026)).toBe(1999)
		expect(yearOf('00', 2026)).toBe(2000)
		// At the end of a century, next year is not a hundred years ago.
		expect(yearOf('00', 2099)).toBe(2100)
		expect(yearOf('99', 2100)).toBe(2099)
	})

	test('in any of its forms names the moment that it was made from', () => {
		const seconds = fc.integer({
			min: Date.parse('0000-01-01T00:00:00Z') / 1000,
			max: Date.parse('9999-12-31T23:59:59Z') / 1000,
		})
		fc.assert(
			fc.property(seconds, at => {
				const date = new Date(at * 1000)
				const [weekday, day, month, year, time] = date.toUTCString().split(/,? /) as [
					string,
					string,
					string,
					string,
					string,
				]
				expect(parseHttpDate(`${weekday}, ${day} ${month} ${year} ${time} GMT`)).toBe(at * 1000)
				expect(parseHttpDate(`${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`)).toBe(at * 1000)
				expect(parseHttpDate(`${weekday}day, ${day}-${month}-${year.slice(-2)} ${time} GMT`, at * 1000)).toBe(at * 1000)
			}),
		)
	})

	test('is never half read: whatever the text, it is a whole number of seconds or nothing', () => {
		const piece = fc.constantFrom(
			'Sun',
			', ',
			' ',
			'06',
			'31',
			'Nov',
			'Feb',
			'1994',
			'94',
			'08:49:37',
			'GMT',
			'-',
			':',
			'99',
		)
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 9 }), pieces => {
				const ms = parseHttpDate(pieces.join(''), wallMs)
				if (ms !== undefined) expect(Number.isInteger(ms / 1000)).toBe(true)
			}),
			{ numRuns: 500 },
		)
	})
})
