import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { crc32c } from '../../src/model/crc32c.ts'
import { type DigestAlgorithm, digestAlgorithms } from '../../src/model/digest.ts'
import type { Hashing } from '../../src/verify/contract.ts'

export interface HashingUnderTest {
	readonly hashing: Hashing
	/** Adds bytes to the end of the content and lets the front follow. */
	append(bytes: Uint8Array): void
}

/** What every `Hashing` promises. `start` begins to hash content that is empty so far. */
export function testHashingContract(
	name: string,
	start: (algorithms: readonly DigestAlgorithm[]) => HashingUnderTest,
): void {
	const open = (algorithms: readonly DigestAlgorithm[]): HashingUnderTest => {
		const opened = start(algorithms)
		onTestFinished(() => opened.hashing.close())
		return opened
	}

	describe(name, () => {
		test.each(Object.entries(knownDigests))(
			'%s of "abc" and of nothing are the published ones',
			async (key, [abc, nothing]) => {
				const algorithm = key as DigestAlgorithm
				const full = open([algorithm])
				full.append(Buffer.from('abc'))
				expect(await full.hashing.finish(3)).toEqual(new Map([[algorithm, abc]]))
				expect(await open([algorithm]).hashing.finish(0)).toEqual(new Map([[algorithm, nothing]]))
			},
		)

		test('however the content is cut, the digests are those of the whole', async () => {
			await fc.assert(
				fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), async pieces => {
					const { hashing, append } = start(digestAlgorithms)
					for (const piece of pieces) append(piece)
					const whole = Buffer.concat(pieces)
					const digests = await hashing.finish(whole.length)
					await hashing.close()
					expect(digests).toEqual(digestsOf(whole))
				}),
				{ numRuns: 30 },
			)
		})

		test('40 MiB in uneven pieces have the digests of the whole', async () => {
			const { hashing, append } = open(['sha-256', 'crc32c'])
			const whole = patternedBytes(40 * 1024 * 1024)
			for (let at = 0, step = 1; at < whole.length; at += step, step = (step * 7) % 3_000_017) {
				append(whole.subarray(at, at + step))
			}
			const { 'sha-256': sha256, crc32c: crc } = Object.fromEntries(digestsOf(whole))
			expect(await hashing.finish(whole.length)).toEqual(
				new Map([
					['sha-256', sha256],
					['crc32c', crc],
				]),
			)
		})

		test.each([3, 20 * 1024 * 1024])('content shorter than the %i bytes that were expected is E_IO', async bytes => {
			const { hashing, append } = open(['md5'])
			append(patternedBytes(bytes - 1))
			await expect(hashing.finish(bytes)).rejects.toMatchObject({ code: 'E_IO' })
		})

		test('once closed, finish says E_ABORTED, and closing again is nothing', async () => {
			const { hashing, append } = open(['md5'])
			append(Buffer.from('abc'))
			await hashing.close()
			await hashing.close()
			hashing.advance(3)
			await expect(hashing.finish(3)).rejects.toMatchObject({ code: 'E_ABORTED' })
		})
	})
}

const knownDigests: Readonly<Record<DigestAlgorithm, readonly [abc: string, nothing: string]>> = {
	'sha-512': [
		'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
		'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
	],
	'sha-384': [
		'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
		'38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
	],
	'sha-256': [
		'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
		'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	],
	'sha-1': ['a9993e364706816aba3e25717850c26c9cd0d89d', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
	md5: ['900150983cd24fb0d6963f7d28e17f72', 'd41d8cd98f00b204e9800998ecf8427e'],
	crc32c: ['364b3fb7', '00000000'],
	crc32: ['352441c2', '00000000'],
}

function digestsOf(bytes: Uint8Array): ReadonlyMap<DigestAlgorithm, string> {
	const hash = (name: string): string => createHash(name).update(bytes).digest('hex')
	const crc = (value: number): string => value.toString(16).padStart(8, '0')
	return new Map<DigestAlgorithm, string>([
		['sha-512', hash('sha512')],
		['sha-384', hash('sha384')],
		['sha-256', hash('sha256')],
		['sha-1', hash('sha1')],
		['md5', hash('md5')],
		['crc32c', crc(crc32c(bytes))],
		['crc32', crc(crc32(bytes))],
	])
}

/** Bytes that repeat in no block: their place in the content shows in their values. */
export function patternedBytes(length: number): Buffer {
	const words = new Uint32Array(Math.ceil(length / 4))
	for (let at = 0; at < words.length; at++) words[at] = Math.imul(at, 0x9e3779b1)
	return Buffer.from(words.buffer, 0, length)
}
