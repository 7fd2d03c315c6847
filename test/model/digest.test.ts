import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDownloadError } from '../../src/base/errors.ts'
import { crc32c } from '../../src/model/crc32c.ts'
import { contradict, type Digest, parseChecksum, sameDigest, strongestOf } from '../../src/model/digest.ts'

const sha256 = createHash('sha256').update('abc')
const sha256Hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const sha256Base64 = sha256.digest('base64')

test.each<[text: string, algorithm: string, value: string]>([
	[`sha256=${sha256Hex}`, 'sha-256', sha256Hex],
	[`sha-256=${sha256Hex}`, 'sha-256', sha256Hex],
	[`SHA-256=${sha256Hex.toUpperCase()}`, 'sha-256', sha256Hex],
	[` sha-256=${sha256Hex}\n`, 'sha-256', sha256Hex],
	[`sha256-${sha256Base64}`, 'sha-256', sha256Hex],
	['md5=900150983cd24fb0d6963f7d28e17f72', 'md5', '900150983cd24fb0d6963f7d28e17f72'],
	['sha1=a9993e364706816aba3e25717850c26c9cd0d89d', 'sha-1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
	['sha-1=a9993e364706816aba3e25717850c26c9cd0d89d', 'sha-1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
	[`sha384=${'0a'.repeat(48)}`, 'sha-384', '0a'.repeat(48)],
	[`sha512-${Buffer.alloc(64, 7).toString('base64')}`, 'sha-512', '07'.repeat(64)],
	['crc32=352441c2', 'crc32', '352441c2'],
	['crc32c=364b3fb7', 'crc32c', '364b3fb7'],
])('%s is a checksum', (text, algorithm, value) => {
	expect(parseChecksum(text)).toEqual({ algorithm, value, source: 'caller' })
})

test.each([
	'',
	sha256Hex,
	'sha256',
	'sha256=',
	`sha256=${sha256Hex.slice(1)}`,
	`sha256=${sha256Hex}0`,
	`sha256=${sha256Hex.slice(1)}g`,
	`sha256-${sha256Hex}`,
	`sha256-${sha256Base64.slice(4)}`,
	`sha256-${sha256Base64} sha256-${sha256Base64}`,
	`sha3-256=${sha256Hex}`,
	`sha224=${'0'.repeat(56)}`,
	'md5',
	'adler32=00000000',
	`sha256:${sha256Hex}`,
	'x'.repeat(100_000),
])('%s is none, and the error says what is wanted', text => {
	const error = (() => {
		try {
			return parseChecksum(text)
		} catch (thrown) {
			return thrown
		}
	})()
	expect(isDownloadError(error, 'E_USAGE')).toBe(true)
	expect((error as Error).message).toMatch(/^Expected `checksum` to be .+, got `/)
	expect((error as Error).message.length).toBeLessThan(400)
})

test.each([
	['sha-256=zz', 'Expected `checksum` to be sha-256= and 64 hex digits, got `sha-256=zz`'],
	['sha256-zz', 'Expected `checksum` to be sha256- and the base64 of 32 bytes, got `sha256-zz`'],
	[`md5=${'0'.repeat(1000)}`, `Expected \`checksum\` to be md5= and 32 hex digits, got \`md5=${'0'.repeat(196)}\``],
])('the error about %j says in which form that algorithm is written', (text, message) => {
	expect(() => parseChecksum(text)).toThrow(message)
})

const digest = (algorithm: Digest['algorithm'], value: string, source: Digest['source']): Digest => ({
	algorithm,
	value,
	source,
})

test('two digests are the same when algorithm and value are', () => {
	const one = digest('md5', 'aa', 'caller')
	expect(sameDigest(one, digest('md5', 'aa', 'digest'))).toBe(true)
	expect(sameDigest(one, digest('md5', 'ab', 'caller'))).toBe(false)
	expect(sameDigest(one, digest('crc32', 'aa', 'caller'))).toBe(false)
})

test('digests contradict each other where one algorithm says two things', () => {
	const one = digest('md5', 'aa', 'caller')
	expect(contradict([one], [digest('md5', 'ab', 'digest')])).toBe(true)
	expect(contradict([one], [digest('md5', 'aa', 'digest'), digest('crc32', 'ff', 'digest')])).toBe(false)
	expect(contradict([one], [])).toBe(false)
})

test('every digest of the caller is checked, and the strongest of the server', () => {
	const mine = [digest('md5', '01', 'caller'), digest('sha-1', '02', 'caller')]
	const theirs = [
		digest('crc32c', '03', 'x-goog-hash'),
		digest('sha-256', '04', 'repr-digest'),
		digest('md5', '05', 'content-md5'),
	]
	expect(strongestOf([...theirs, ...mine])).toEqual([...mine, theirs[1]])
	expect(strongestOf(theirs)).toEqual([theirs[1]])
	expect(strongestOf([])).toEqual([])
})

test('of two equally strong fields the first counts, and what the caller says already is not checked twice', () => {
	const [first, second] = [digest('sha-256', '04', 'repr-digest'), digest('sha-256', '05', 'digest')]
	expect(strongestOf([first, second])).toEqual([first])
	const mine = digest('sha-256', '04', 'caller')
	expect(strongestOf([mine, first])).toEqual([mine])
	expect(strongestOf([mine, second])).toEqual([mine, second])
})

// RFC 3720 appendix B.4.
test.each<[what: string, bytes: Uint8Array, crc: number]>([
	['nothing', new Uint8Array(0), 0],
	['"123456789"', Buffer.from('123456789'), 0xe3069283],
	['32 zeros', new Uint8Array(32), 0x8a9136aa],
	['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
	['0 to 31', Uint8Array.from({ length: 32 }, (_, n) => n), 0x46dd794e],
	['31 to 0', Uint8Array.from({ length: 32 }, (_, n) => 31 - n), 0x113fdb5c],
])('the CRC-32C of %s is the published one', (_, bytes, crc) => {
	expect(crc32c(bytes)).toBe(crc)
})

test('a CRC-32C taken in pieces is that of the whole', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
			expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes))
		}),
	)
})
