import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverFile, looksLikeDamage, type PieceHashes, piecesOf } from '../../src/model/piece-hashes.ts'

const hashesOf = (bytes: number, pieceBytes: number): PieceHashes => ({
	algorithm: 'md5',
	pieceBytes,
	hashes: Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, nth) => `hash of ${nth}`),
})

const shape = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 70 }))

test('as many hashes as there are pieces cover a file, and no others do', () => {
	fc.assert(
		fc.property(shape, ([bytes, pieceBytes]) => {
			const pieces = hashesOf(bytes, pieceBytes)
			expect(coverFile(pieces, bytes)).toBe(true)
			expect(coverFile(pieces, bytes + pieceBytes)).toBe(false)
			expect(coverFile({ ...pieces, hashes: [...pieces.hashes, 'one more'] }, bytes)).toBe(false)
		}),
	)
})

test('the pieces of a file follow each other from its first byte to its last', () => {
	fc.assert(
		fc.property(shape, ([bytes, pieceBytes]) => {
			let end = 0
			for (const [nth, { hash, range }] of piecesOf(hashesOf(bytes, pieceBytes), bytes).entries()) {
				expect([hash, range.start]).toEqual([`hash of ${nth}`, end])
				end = range.end
			}
			expect(end).toBe(bytes)
		}),
	)
})

test('where no piece of several is right, the hashes are of another file', () => {
	const pieces = hashesOf(30, 10)
	const all = piecesOf(pieces, 30)
	expect([0, 1, 2, 3].map(count => looksLikeDamage(pieces, all.slice(0, count)))).toEqual([false, true, true, false])
	const single = hashesOf(30, 30)
	expect(looksLikeDamage(single, piecesOf(single, 30))).toBe(true)
})
