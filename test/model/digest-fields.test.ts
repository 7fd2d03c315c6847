import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestAlgorithms } from '../../src/model/digest.ts'
import { digestsFromFields } from '../../src/model/digest-fields.ts'
import { parseByteDictionary } from '../../src/model/structured-bytes.ts'
import { millisecondsOf } from './milliseconds-of.ts'

const hex = (byte: string, length: number): string => byte.repeat(length)
const base64 = (byte: string, length: number): string => Buffer.from(hex(byte, length), 'hex').toString('base64')

const sha256 = base64('ab', 32)
const sha512 = base64('cd', 64)
const md5 = base64('ef', 16)
const crc = base64('12', 4)

/** `algorithm=value source`, with the value cut to its first byte. */
function found(fields: Record<string, string>, wholeInOneResponse: boolean): string[] {
	return digestsFromFields({ fields: new Map(Object.entries(fields)), wholeInOneResponse }).map(
		({ algorithm, value, source }) => `${source}: ${algorithm}=${value.slice(0, 2)}`,
	)
}

test.each<[fields: Record<string, string>, ofAny: string[], ofWhole: string[]]>([
	[{ 'repr-digest': `sha-256=:${sha256}:` }, ['repr-digest: sha-256=ab'], ['repr-digest: sha-256=ab']],
	[{ 'content-digest': `sha-256=:${sha256}:` }, [], ['content-digest: sha-256=ab']],
	[
		{ 'repr-digest': `sha-256=:${sha256}:, sha-512=:${sha512}:,unixsum=:AAE=:` },
		['repr-digest: sha-256=ab', 'repr-digest: sha-512=cd'],
		['repr-digest: sha-256=ab', 'repr-digest: sha-512=cd'],
	],
	[{ 'repr-digest': `sha=:${base64('01', 20)}:` }, ['repr-digest: sha-1=01'], ['repr-digest: sha-1=01']],
	[{ 'repr-digest': `sha-256=${sha256}` }, [], []],
	[{ 'repr-digest': 'sha-256=:AAAA:' }, [], []],
	[{ digest: `SHA-256=${sha256}` }, [], ['digest: sha-256=ab']],
	[{ digest: `sha-256=${sha256},md5=${md5}, adler32=03da0195` }, [], ['digest: sha-256=ab', 'digest: md5=ef']],
	[{ digest: `sha-256=${hex('ab', 32)}` }, [], ['digest: sha-256=ab']],
	[{ digest: `id-sha-256=${sha256}` }, [], ['digest: sha-256=ab']],
	[{ digest: 'crc32c=A72A4DF' }, [], ['digest: crc32c=0a']],
	[{ digest: `sha-256=${sha256}`, 'content-encoding': 'gzip' }, [], []],
	[{ 'content-md5': md5 }, [], ['content-md5: md5=ef']],
	[{ 'content-md5': md5, 'content-encoding': 'identity' }, [], ['content-md5: md5=ef']],
	[{ 'content-md5': md5, 'content-encoding': 'gzip' }, [], []],
	[{ 'content-md5': 'not a digest' }, [], []],
	[
		{ 'x-goog-hash': `crc32c=${crc},md5=${md5}` },
		['x-goog-hash: crc32c=12', 'x-goog-hash: md5=ef'],
		['x-goog-hash: crc32c=12', 'x-goog-hash: md5=ef'],
	],
	[{ 'x-goog-hash': `crc32c=${crc}`, 'x-goog-stored-content-encoding': 'gzip' }, [], []],
	[
		{ 'x-goog-hash': `crc32c=${crc}`, 'x-goog-stored-content-encoding': 'gzip', 'content-encoding': 'gzip' },
		['x-goog-hash: crc32c=12'],
		['x-goog-hash: crc32c=12'],
	],
	[{ 'x-amz-checksum-sha256': sha256 }, [], ['x-amz-checksum: sha-256=ab']],
	[{ 'x-amz-checksum-crc32': crc, 'x-amz-checksum-type': 'FULL_OBJECT' }, [], ['x-amz-checksum: crc32=12']],
	[{ 'x-amz-checksum-crc32c': `${crc}-7` }, [], []],
	[{ 'x-amz-checksum-sha256': sha256, 'x-amz-checksum-type': 'COMPOSITE' }, [], []],
	[{ 'x-amz-checksum-crc64nvme': base64('12', 8) }, [], []],
	[{ etag: `"${hex('ef', 16)}"` }, [], []],
	[{}, [], []],
])('%o says %o in any response and %o in one that is the whole', (fields, ofAny, ofWhole) => {
	expect(found(fields, false)).toEqual(ofAny)
	expect(found(fields, true)).toEqual(ofWhole)
})

test.each<[field: string, members: Record<string, string> | undefined]>([
	['', {}],
	['a=:AAAA:', { a: 'AAAA' }],
	['a=::', { a: '' }],
	['a=:AAAA:,b=:BBBB:', { a: 'AAAA', b: 'BBBB' }],
	['  a=:AAAA: \t,\t b=:BBBB:  ', { a: 'AAAA', b: 'BBBB' }],
	['a=:AAAA:;x;y=1;z="q\\",;";t=:AA==:, b=:BBBB:', { a: 'AAAA', b: 'BBBB' }],
	['a=:AAAA:, a=:BBBB:', { a: 'BBBB' }],
	['a=:AAAA:,', undefined],
	[',a=:AAAA:', undefined],
	['a=:AAAA: b=:BBBB:', undefined],
	['a=:AAAA', undefined],
	['a=AAAA', undefined],
	['a', undefined],
	['A=:AAAA:', undefined],
	['a=:A A:', undefined],
	['a=:AAAA:, b=1', undefined],
])('the dictionary %j holds %j', (field, members) => {
	const parsed = parseByteDictionary(field)
	expect(parsed && Object.fromEntries(parsed)).toEqual(members)
})

test('whatever the fields say, the digests are well formed', () => {
	const piece = fc.constantFrom(
		'sha-256',
		'sha',
		'md5',
		'crc32c',
		'=',
		':',
		',',
		';',
		'"',
		'\\',
		' ',
		sha256,
		md5,
		crc,
		hex('ab', 32),
		'-7',
		'ff',
		'\u0000',
		'é',
	)
	const value = fc.array(piece, { maxLength: 12 }).map(parts => parts.join(''))
	const names = [
		'repr-digest',
		'content-digest',
		'digest',
		'content-md5',
		'x-goog-hash',
		'x-amz-checksum-sha256',
		'content-encoding',
	]
	fc.assert(
		fc.property(fc.dictionary(fc.constantFrom(...names), value), fields => {
			for (const digest of digestsFromFields({ fields: new Map(Object.entries(fields)), wholeInOneResponse: true })) {
				expect(digestAlgorithms).toContain(digest.algorithm)
				expect(digest.value).toMatch(/^[0-9a-f]{8,128}$/)
			}
		}),
		{ numRuns: 2000 },
	)
})

test.each([
	'a=:A',
	'a=:AAAA:,',
	'a=:AAAA:;a',
	'a=:AAAA:;a="',
	'a=:AAAA:;a="\\"',
	';',
	',',
	'=',
	' ',
	':',
	'A',
	'sha-256=',
	'%',
	'\t,',
])('64 KiB of %j in every field are read in 50 ms', piece => {
	const long = piece.repeat(Math.ceil(65_536 / piece.length)).slice(0, 65_536)
	const names = ['repr-digest', 'content-digest', 'digest', 'content-md5', 'x-goog-hash', 'x-amz-checksum-sha1']
	for (const name of names) {
		for (const value of [long, `a=:AAAA:${long}`]) {
			const fields = new Map([[name, value]])
			expect(millisecondsOf(() => digestsFromFields({ fields, wholeInOneResponse: true }))).toBeLessThan(50)
		}
	}
})
