import { crc32 as zlib } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../../src/model/crc32.ts'

test('is the CRC of zlib, in one piece or in several', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), (bytes, cut) => {
			expect(crc32(bytes)).toBe(zlib(bytes))
			expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlib(bytes))
		}),
	)
})
