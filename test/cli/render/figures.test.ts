import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { formatDuration, formatPercent, formatTimeLeft } from '../../../src/cli/render/figures.ts'
import { cutToWidth, widthOf } from '../../../src/cli/render/width.ts'
import { wrapText } from '../../../src/cli/render/wrap.ts'

test.each([
	[0, '0.0 s'],
	[430, '0.4 s'],
	[9_949, '9.9 s'],
	[9_950, '10 s'],
	[59_499, '59 s'],
	[59_500, '1m 00s'],
	[185_000, '3m 05s'],
	[3_599_500, '1h 00m'],
	[3_720_000, '1h 02m'],
	[183_600_000, '2d 03h'],
])('%d ms is %s', (ms, text) => {
	expect(formatDuration(ms)).toBe(text)
})

test.each([
	[1, '1 s left'],
	[9_001, '10 s left'],
	[59_001, '1m 00s left'],
])('%d ms before the end there are %s', (ms, text) => {
	expect(formatTimeLeft(ms)).toBe(text)
})

test('100 % is said of what is whole and of nothing else', () => {
	expect(formatPercent(999_999, 1_000_000)).toBe('99%')
	expect(formatPercent(1_000_000, 1_000_000)).toBe('100%')
	expect(formatPercent(0, 0)).toBe('100%')
})

test('a name is cut in its middle, and never wider than it may be', () => {
	expect(cutToWidth('debian-netinst.iso', 11)).toBe('debia…t.iso')
	expect(cutToWidth('日本語日本語', 8)).toBe('日本…語')
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
			const cut = cutToWidth(text, columns)
			expect(widthOf(cut)).toBeLessThanOrEqual(columns)
			if (widthOf(text) <= columns) expect(cut).toBe(text)
		}),
	)
})

test('a character that is not measured takes as many columns as it would measure', () => {
	for (let code = 0; code < 0x3000; code += 1) {
		const character = String.fromCharCode(code)
		expect(widthOf(character), code.toString(16)).toBe(stringWidth(character))
	}
})

test('a text is broken between words, but not between a figure and what it counts', () => {
	expect(wrapText('took 4.0 s and more', 8)).toBe('took\n4.0 s\nand more')
	expect(wrapText('one two three extraordinarily', 9)).toBe('one two\nthree\nextraordinarily')
})
