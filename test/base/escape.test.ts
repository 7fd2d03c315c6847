import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeForTerminal } from '../../src/base/escape.ts'

test.each<[text: string, shown: string]>([
	['plain – naïve 日本語 😀', 'plain – naïve 日本語 😀'],
	['\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
	['\u001b]0;title\u0007', '\\u{1b}]0;title\\u{7}'],
	['\u009b2J', '\\u{9b}2J'],
	['two\nlines\r\n\ttab', 'two\\u{a}lines\\u{d}\\u{a}\\u{9}tab'],
	['a\u0000b\u007f', 'a\\u{0}b\\u{7f}'],
	['\u202egnp.exe\u2066', '\\u{202e}gnp.exe\\u{2066}'],
	['z\u200bw\ufeff', 'z\\u{200b}w\\u{feff}'],
	['line\u2028paragraph\u2029', 'line\\u{2028}paragraph\\u{2029}'],
	['half \ud800 and \udc00', 'half \\u{d800} and \\u{dc00}'],
	['tag \u{e0041}', 'tag \\u{e0041}'],
])('%j is shown harmless', (text, shown) => {
	expect(escapeForTerminal(text)).toBe(shown)
})

test('nothing that acts on a terminal is left, and escaping again changes nothing', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), text => {
			const shown = escapeForTerminal(text)
			expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
			expect(escapeForTerminal(shown)).toBe(shown)
		}),
	)
})
