import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileNameFromDisposition } from '../../src/model/content-disposition.ts'
import { millisecondsOf } from './milliseconds-of.ts'

/** A field as the transport delivers it: one code unit for each byte of the UTF-8 that the server wrote. */
const onTheWire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

test.each<[field: string, name: string | undefined]>([
	// As RFC 6266 has it.
	['attachment; filename="plans.pdf"', 'plans.pdf'],
	['attachment; filename=plans.pdf', 'plans.pdf'],
	['inline; filename="page.html"', 'page.html'],
	['ATTACHMENT; FileName="a.bin"', 'a.bin'],
	['attachment;filename="a.bin" \t;   \t foo=bar', 'a.bin'],
	['attachment; foo="bar"; filename="a.bin"', 'a.bin'],
	['attachment; filename ="a.bin"', 'a.bin'],
	['attachment; filename= "a.bin"', 'a.bin'],
	['attachment; filename="a;b.bin"', 'a;b.bin'],
	['attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'],
	['attachment; filename="f\\oo.html"', 'foo.html'],
	['attachment; foo="\\"\\\\";filename="a.bin"', 'a.bin'],
	['attachment; foo="; filename=decoy.exe"; filename="a.bin"', 'a.bin'],
	['attachment', undefined],
	['attachment;', undefined],
	['inline', undefined],
	['', undefined],
	['attachment; name="a.bin"', undefined],
	['attachment; xfilename="a.bin"', undefined],
	['attachment; filename=', undefined],
	['attachment; filename=""', undefined],
	['attachment; filename', undefined],
	// RFC 8187.
	["attachment; filename*=UTF-8''%e2%82%ac%20rates.pdf", '€ rates.pdf'],
	["attachment; filename*=UTF-8'en'%E2%82%AC%20rates.pdf", '€ rates.pdf'],
	["attachment; filename*=utf8''na%C3%AFve.txt", 'naïve.txt'],
	["attachment; filename*=iso-8859-1''%A3%20rates.pdf", '£ rates.pdf'],
	['attachment; filename*="UTF-8\'\'na%C3%AFve.txt"', 'naïve.txt'],
	["attachment; filename*=UTF-8''it's.txt", "it's.txt"],
	["attachment; filename*=UTF-8''two words.txt", 'two words.txt'],
	["attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", '../../etc/passwd'],
	// filename* before filename, whatever their order, and only if it can be read.
	['attachment; filename="euro.pdf"; filename*=UTF-8\'\'%E2%82%AC.pdf', '€.pdf'],
	['attachment; filename*=UTF-8\'\'%E2%82%AC.pdf; filename="euro.pdf"', '€.pdf'],
	['attachment; filename*=UTF-8\'\'%E4.pdf; filename="plain.pdf"', 'plain.pdf'],
	['attachment; filename*=ISO-8859-2\'\'%A4.pdf; filename="plain.pdf"', 'plain.pdf'],
	['attachment; filename="plain.pdf"; filename*=UTF-8\'\'bad%2', 'plain.pdf'],
	['attachment; filename*=nocharset.pdf; filename="plain.pdf"', 'plain.pdf'],
	["attachment; filename*=UTF-8'oneapostrophe.pdf; filename=plain.pdf", 'plain.pdf'],
	["attachment; filename*=UTF-8''; filename=plain.pdf", 'plain.pdf'],
	["attachment; filename*=UTF-8''%FF", undefined],
	['attachment; filename*0="a."; filename*1="bin"', undefined],
	// Repeated parameters: the first.
	['attachment; filename=one.bin; filename=two.bin', 'one.bin'],
	['attachment; filename="one.bin"; FILENAME="two.bin"', 'one.bin'],
	["attachment; filename*=UTF-8''one.bin; filename*=UTF-8''two.bin", 'one.bin'],
	// Forgotten quotes, semicolons and types.
	['attachment; filename=my final report.pdf', 'my final report.pdf'],
	['attachment; filename=a,b.html', 'a,b.html'],
	['attachment; filename=a[1](2).html', 'a[1](2).html'],
	['attachment; filename="half open.txt', 'half open.txt'],
	['attachment; filename="half open.txt; size=3', 'half open.txt'],
	['attachment; filename=half closed.txt"', 'half closed.txt"'],
	['attachment; filename="a.html".txt', 'a.html'],
	["attachment; filename='single.txt'", 'single.txt'],
	["attachment; filename=rock'n'roll.mp3", "rock'n'roll.mp3"],
	['attachment; filename=a.bin;', 'a.bin'],
	['attachment; filename=a.bin ;;', 'a.bin'],
	['attachment;; ;filename=a.bin', 'a.bin'],
	['filename=a.bin', 'a.bin'],
	['filename="a.bin"', 'a.bin'],
	['; filename="a.bin"', 'a.bin'],
	['attachment filename=a.bin', 'a.bin'],
	['attachment, filename="a.bin"', 'a.bin'],
	['inline; attachment; filename=a.bin', 'a.bin'],
	['attachment; filename=one.html, attachment; filename=two.html', 'one.html'],
	['attachment; filename="one.html", attachment; filename="two.html"', 'one.html'],
	['form-data; name="field"; filename="a.bin"', 'a.bin'],
	// Bytes that should not be there.
	[onTheWire('attachment; filename="naïve – €.txt"'), 'naïve – €.txt'],
	[onTheWire('attachment; filename=日本語.zip'), '日本語.zip'],
	['attachment; filename="na\xefve.txt"', 'naïve.txt'],
	['attachment; filename="already ☃.txt"', 'already ☃.txt'],
	['attachment; filename="na%C3%AFve%20file.txt"', 'naïve file.txt'],
	['attachment; filename=100%25%20sure.txt', '100% sure.txt'],
	['attachment; filename="50%.html"', '50%.html'],
	['attachment; filename="caf%E9.txt"', 'café.txt'],
	// RFC 2047, which RFC 6266 forbids and mail-minded servers send.
	['attachment; filename="=?UTF-8?B?0YTQsNC50LsudHh0?="', 'файл.txt'],
	['attachment; filename="=?utf-8?q?na=C3=AFve_file.txt?="', 'naïve file.txt'],
	['attachment; filename="=?ISO-8859-1?Q?foo-=E4.html?="', 'foo-ä.html'],
	['attachment; filename="=?UTF-8?Q?one?= =?UTF-8?Q?two.txt?="', 'onetwo.txt'],
	['attachment; filename="=?x-unknown?B?AAAA?="', '=?x-unknown?B?AAAA?='],
	['attachment; filename="=?UTF-8?B?***?="', '=?UTF-8?B?***?='],
	// Backslashes.
	['attachment; filename="C:\\docs\\a.pdf"', 'C:\\docs\\a.pdf'],
	['attachment; filename="..\\..\\evil.exe"', '..\\..\\evil.exe'],
	['attachment; filename="back\\\\slash.txt"', 'back\\slash.txt'],
	['attachment; filename="ends in one\\', 'ends in one\\'],
])('%s names %s', (field, name) => {
	expect(fileNameFromDisposition(field)).toBe(name)
})

test('any name survives RFC 8187 encoding', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', minLength: 1 }), name => {
			const encoded = encodeURIComponent(name).replace(/[*'()]/g, c => `%${c.charCodeAt(0).toString(16)}`)
			expect(fileNameFromDisposition(`attachment; filename="x"; filename*=UTF-8''${encoded}`)).toBe(name)
		}),
	)
})

test('any name of visible ASCII survives quoting', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), name => {
			fc.pre(!/%[0-9a-f]{2}|=\?|^(?:[a-z]:|\.{1,2})\\/i.test(name))
			const quoted = name.replace(/["\\]/g, '\\$&')
			expect(fileNameFromDisposition(`attachment; filename="${quoted}"; size=3`)).toBe(name)
		}),
	)
})

test('no field makes it throw', () => {
	const dirt = fc.constantFrom(
		'filename',
		'*',
		'=',
		'"',
		"'",
		';',
		',',
		'\\',
		'%',
		'%E4',
		'%2F',
		"UTF-8''",
		'=?',
		'?=',
		'?B?',
		' ',
		'\t',
		'\xff',
		'x',
	)
	fc.assert(
		fc.property(fc.array(dirt, { maxLength: 40 }), parts => {
			const name = fileNameFromDisposition(`attachment; filename=${parts.join('')}`)
			expect(name === undefined || name.length > 0).toBe(true)
		}),
		{ numRuns: 2000 },
	)
})

test.each([
	';',
	'=',
	'"',
	'\\',
	'a=";',
	'a="\\";',
	'filename*=',
	'%41',
	'%e4a',
	'=?',
	'=?a?b?',
	'?= ',
	', ',
	' ',
	"'",
	'\xc3',
	'filename="',
])('64 KiB of %j are read in 50 ms', piece => {
	const long = piece.repeat(Math.ceil(65_536 / piece.length)).slice(0, 65_536)
	for (const field of [
		long,
		`attachment; filename=${long}`,
		`attachment; filename="${long}"`,
		`a; filename*=UTF-8''${long}`,
	]) {
		expect(millisecondsOf(() => fileNameFromDisposition(field))).toBeLessThan(50)
	}
})
