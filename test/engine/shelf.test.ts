import { expect, test } from 'vitest'
import { Shelf } from '../../src/engine/lanes/shelf.ts'
import { RateLimit } from '../../src/engine/rate-limit.ts'
import { createBlockPool } from '../../src/sink/blocks.ts'
import { pseudoRandom } from '../support/body.ts'
import { FakeClock } from '../support/fake-clock.ts'

const body = pseudoRandom(30, 1)
const rateShare = new RateLimit(new FakeClock(), undefined).join()

function filledShelf(): Shelf {
	const blocks = createBlockPool({ blockBytes: 8, limitBytes: 32 })
	const shelf = Shelf.tryTake({ start: 100, end: 130 }, { blocks, rateShare, received: () => {} })
	if (shelf === undefined) throw new Error('there was no memory')
	for (let at = 0; at < body.length; ) {
		const memory = shelf.memory()
		const bytes = Math.min(5, memory.length, body.length - at)
		memory.set(body.subarray(at, at + bytes))
		shelf.filled(bytes)
		at += bytes
	}
	return shelf
}

test('a shelf gives back every part of what it holds, byte for byte and each at its place', () => {
	const shelf = filledShelf()
	for (let start = 100; start < 130; start++) {
		for (let end = start + 1; end <= 130; end++) {
			const pieces = shelf.piecesOf({ start, end })
			expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(
				Buffer.from(body.subarray(start - 100, end - 100)),
			)
			let next = start
			for (const { at, bytes } of pieces) {
				expect(at).toBe(next)
				next += bytes.length
			}
		}
	}
})

test('a shelf has memory for a byte that should not come, and keeps none where there is too little', () => {
	expect(filledShelf().memory().length).toBeGreaterThan(0)
	const blocks = createBlockPool({ blockBytes: 8, limitBytes: 24 })
	expect(Shelf.tryTake({ start: 0, end: 24 }, { blocks, rateShare, received: () => {} })).toBeUndefined()
	expect([blocks.tryTake(), blocks.tryTake(), blocks.tryTake()].every(block => block !== undefined)).toBe(true)
})
