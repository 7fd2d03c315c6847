/** Documents for the tests, written here. */

export const md5 = 'd41d8cd98f00b204e9800998ecf8427e'
export const sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
export const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

export const namespace4 = 'urn:ietf:params:xml:ns:metalink'
export const namespace3 = 'http://www.metalinker.org/'

/** A Metalink 4 of one file with this inside of it. */
export const v4 = (inside: string, name = 'file.bin'): string =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="${namespace4}">\n<file name="${name}">\n${inside}\n</file>\n</metalink>`

/** A Metalink 3 of one file; `verification` and `resources` are the insides of those. */
export const v3 = (verification: string, resources: string, name = 'file.bin'): string =>
	`<?xml version="1.0"?>\n<metalink version="3.0" xmlns="${namespace3}"><files><file name="${name}"><size>10</size>
<verification>${verification}</verification>
<resources>${resources}</resources></file></files></metalink>`

export const url4 = '<url>http://host/file.bin</url>'
export const url3 = '<url type="http">http://host/file.bin</url>'

/** What is malformed, by what is the matter with it; `at` is the line that has to be named. */
export const malformed: readonly (readonly [why: string, text: string, at: number])[] = [
	['nothing', '', 1],
	['no XML', 'http://host/file.bin', 1],
	['a page', '<!-- sorry -->\n<html><body>404</body></html>', 2],
	['another namespace', '<metalink xmlns="http://elsewhere/"><file name="a"/></metalink>', 1],
	['no namespace', '<metalink><file name="a"/></metalink>', 1],
	['another root', `<file xmlns="${namespace4}" name="a"/>`, 1],
	['no file', `<metalink xmlns="${namespace4}">\n</metalink>`, 1],
	[
		'files of the other language',
		`<metalink xmlns="${namespace4}"><files><file name="a">${url4}</file></files></metalink>`,
		1,
	],
	['an element that is not closed', v4('<size>1\n'), 6],
	['an element that is closed by another', v4('\n<size>1</hash>'), 5],
	['two roots', `${v4(url4)}\n<metalink/>`, 7],
	['an entity that nobody declared', v4('\n&nbsp;'), 5],
	['an entity that is named like a method', v4(`${url4}<identity>&constructor;</identity>`), 4],
	['an entity that is named like the prototype', v4(`${url4}<identity>&__proto__;</identity>`), 4],
	['a control character', v4('<size>\u0001</size>'), 4],
	['a reference to a control character', v4('<size>&#0;</size>'), 4],
	['an attribute given twice', v4('<url priority="1" priority="2">http://host/a</url>'), 4],
	['a prefix that nobody declared', v4('<x:size>1</x:size>'), 4],
	['a DOCTYPE', `<!DOCTYPE metalink>\n${v4(url4).slice(v4(url4).indexOf('<metalink'))}`, 1],
	['a DOCTYPE that names a file', '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<m>&x;</m>', 1],
	[
		'a bomb of entities',
		'<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><m>&b;</m>',
		1,
	],
	['an encoding that is none of ours', '<?xml version="1.0" encoding="UTF-16"?>\n<metalink/>', 1],
	['elements without end', `<metalink xmlns="${namespace4}">${'<a>'.repeat(100_000)}`, 1],
	['a file without a name', `<metalink xmlns="${namespace4}">\n<file>${url4}</file></metalink>`, 2],
	['a file without an address', v4('<size>1</size>'), 3],
	['a file with a torrent alone', v4('<metaurl mediatype="torrent">http://host/a.torrent</metaurl>'), 3],
	['a file by ftp alone', v4('<url>ftp://host/file.bin</url>'), 3],
	['an address that is none', v4('\n<url>file.bin</url>'), 5],
	['an address that is empty', v4('<url/>'), 4],
	['too many addresses', v4(url4.repeat(1001)), 4],
	['a size that is no number', v4(`<size>many</size>${url4}`), 4],
	['a size below 0', v4(`<size>-1</size>${url4}`), 4],
	['a size beyond all counting', v4(`<size>9999999999999999</size>${url4}`), 4],
	['two sizes', v4(`<size>1</size>\n<size>2</size>${url4}`), 5],
	['a digest that is cut', v4(`<hash type="sha-256">${sha256.slice(1)}</hash>${url4}`), 4],
	['a digest that is no hex', v4(`<hash type="md5">${'g'.repeat(32)}</hash>${url4}`), 4],
	['a digest with markup in it', v4(`<hash type="md5">${md5.slice(9)}<b>${md5.slice(0, 9)}</b></hash>${url4}`), 4],
	['two digests', v4(`<hash type="md5">${md5}</hash>\n<hash type="md5">${md5.replace('d', 'e')}</hash>${url4}`), 5],
	['pieces without a length', v4(`<pieces type="sha-1"><hash>${sha1}</hash></pieces>${url4}`), 4],
	['pieces of no length', v4(`<pieces type="sha-1" length="0"><hash>${sha1}</hash></pieces>${url4}`), 4],
	['pieces without a hash', v4(`<pieces type="sha-1" length="8"/>${url4}`), 4],
	['a piece of another kind', v4(`<pieces type="sha-1" length="8"><hash>${md5}</hash></pieces>${url4}`), 4],
	['too few pieces', v4(`<size>17</size><pieces type="md5" length="8"><hash>${md5}</hash></pieces>${url4}`), 3],
	[
		'too many pieces',
		v4(`<size>8</size><pieces type="md5" length="8"><hash>${md5}</hash><hash>${md5}</hash></pieces>${url4}`),
		3,
	],
	[
		'a piece that is given twice',
		v3(`<pieces type="md5" length="8"><hash piece="0">${md5}</hash>\n<hash piece="0">${md5}</hash></pieces>`, url3),
		4,
	],
	['a piece that is missing', v3(`<pieces type="md5" length="8"><hash piece="1">${md5}</hash></pieces>`, url3), 3],
	['a piece far out', v3(`<pieces type="md5" length="8"><hash piece="4294967294">${md5}</hash></pieces>`, url3), 3],
	['a piece whose number is none', v3(`<pieces type="md5" length="8"><hash piece="x">${md5}</hash></pieces>`, url3), 3],
]

/** Names that lead out of the folder, or are no name. */
export const unsafeNames: readonly string[] = [
	'../file',
	'..',
	'.',
	'',
	' ',
	'./file',
	'/etc/passwd',
	'//host/file',
	'a/../../file',
	'a/../file',
	'a/..',
	'a/.',
	'a//b',
	'a/',
	'\\file',
	'..\\file',
	'a\\..\\..\\file',
	'C:\\file',
	'c:file',
	'a/ .. /file',
	'a/.../file',
	'a/\u200b../file',
	'a/..\u200d/file',
	`${'a/'.repeat(3000)}file`,
]

/** Names and what becomes of them: folders stay, and each component is safe by itself. */
export const safeNames: readonly (readonly [given: string, taken: string])[] = [
	['file.bin', 'file.bin'],
	['folder/file.bin', 'folder/file.bin'],
	['folder\\file.bin', 'folder/file.bin'],
	['.bashrc', '_bashrc'],
	['.ssh/authorized_keys', '_ssh/authorized_keys'],
	['~/file', '_/file'],
	['-rf', '_rf'],
	['a..b', 'a..b'],
	['NUL.txt', '_NUL.txt'],
	['file.bin.part', 'file.bin_part'],
	['a\u202egnp.exe', 'agnp.exe'],
	['__proto__', '__proto__'],
	['constructor/__proto__', 'constructor/__proto__'],
]
