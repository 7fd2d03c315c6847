import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { CancelSource } from '../../src/base/abort.ts'
import type { Piece } from '../../src/model/piece-hashes.ts'
import { findWrongPieces, type ReadableContent } from '../../src/verify/pieces.ts'
import { pseudoRandom } from '../support/body.ts'

const content = pseudoRandom(5_000_000)

class Content implements ReadableContent {
	readonly bytes: Uint8Array
	reads = 0
	constructor(bytes: Uint8Array) {
		this.bytes = bytes
	}

	async read(at: number, into: Uint8Array): Promise<number> {
		this.reads += 1
		const there = this.bytes.subarray(at, at + into.length)
		into.set(there)
		return there.length
	}
}

const piece = (start: number, end: number): Piece => ({
	range: { start, end },
	hash: createHash('sha256').update(content.subarray(start, end)).digest('hex'),
})

/** Longer than what is read at once, as long, and shorter; together all of it. */
const pieces = [piece(0, 2_500_000), piece(2_500_000, 2_500_000 + (1 << 20)), piece(2_500_000 + (1 << 20), 5_000_000)]

test('right pieces are all right, however long they are', async () => {
	expect(await findWrongPieces(new Content(content), 'sha-256', pieces, new CancelSource())).toEqual([])
})

test.each([
	[0, 0],
	[2_499_999, 0],
	[2_500_000, 1],
	[4_999_999, 2],
])('one bit of byte %i makes piece %i wrong, and no other', async (offset, index) => {
	const damaged = Uint8Array.from(content)
	damaged[offset] = (damaged[offset] as number) ^ 1
	const wrong = await findWrongPieces(new Content(damaged), 'sha-256', pieces, new CancelSource())
	expect(wrong).toEqual([pieces[index]])
})

test('a content that ends within a piece is E_IO', async () => {
	const short = new Content(content.subarray(0, 4_999_999))
	await expect(findWrongPieces(short, 'sha-256', pieces, new CancelSource())).rejects.toMatchObject({ code: 'E_IO' })
})

test('a cancel is heard between two reads', async () => {
	const cancel = new CancelSource()
	const reading = new Content(content)
	const found = findWrongPieces(reading, 'sha-256', pieces, cancel)
	const reason = new Error('enough')
	cancel.cancel(reason)
	await expect(found).rejects.toBe(reason)
	expect(reading.reads).toBe(1)
})
