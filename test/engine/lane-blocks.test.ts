import { describe, expect, test } from 'vitest'
import { type Block, LaneBlocks } from '../../src/engine/lanes/lane-blocks.ts'
import { CountedBlocks } from '../support/counted-blocks.ts'

const usual = 16
const large = 64

/** A lane never has more than two of them, not even while one takes the place of another. */
function open(limitBytes: number): { pool: CountedBlocks; blocks: LaneBlocks; wanted: { large: boolean } } {
	const pool: CountedBlocks = new CountedBlocks(limitBytes, () => expect(pool.taken).toBeLessThanOrEqual(2), usual)
	const wanted = { large: false }
	return { pool, blocks: new LaneBlocks(pool.tryTake() as Uint8Array, pool, () => wanted.large), wanted }
}

/** The socket fills the current block, and the sink is given it. */
function handOn(blocks: LaneBlocks): Block {
	const block = blocks.current
	block.filled = block.memory.length
	block.handed = block.filled
	block.writes += 1
	return block
}

const settle = (block: Block): void => {
	block.writes -= 1
}

describe('the blocks of a lane', () => {
	test('take turns, two of the usual size, where none may be large', () => {
		const { pool, blocks } = open(512)
		const first = handOn(blocks)
		expect(blocks.turn()).toBe(true)
		const second = handOn(blocks)
		expect([first.memory.length, second.memory.length]).toEqual([usual, usual])
		expect(blocks.turn()).toBe(false)
		settle(first)
		expect(blocks.turn()).toBe(true)
		expect(blocks.current.memory).toBe(first.memory)
		expect([blocks.current.filled, pool.taken]).toEqual([0, 2])
	})

	test('become large ones one after the other where they may, and what they replace goes back', () => {
		const { pool, blocks, wanted } = open(512)
		wanted.large = true
		for (let turns = 0; turns < 4; turns++) {
			const block = handOn(blocks)
			settle(block)
			expect(blocks.turn()).toBe(true)
		}
		const lengths = [blocks.current.memory.length]
		settle(handOn(blocks))
		blocks.turn()
		expect([...lengths, blocks.current.memory.length]).toEqual([large, large])
		expect(pool.taken).toBe(2)
		blocks.close()
		expect(pool.taken).toBe(0)
	})

	test('become blocks of the usual size again where they may be large no more', () => {
		const { pool, blocks, wanted } = open(512)
		wanted.large = true
		for (let turns = 0; turns < 3; turns++) {
			settle(handOn(blocks))
			blocks.turn()
		}
		expect(blocks.current.memory).toHaveLength(large)
		wanted.large = false
		for (let turns = 0; turns < 2; turns++) {
			settle(handOn(blocks))
			expect(blocks.turn()).toBe(true)
			expect(blocks.current.memory).toHaveLength(usual)
		}
		expect(pool.taken).toBe(2)
	})

	test('cannot be given back while the sink has one', () => {
		const { pool, blocks } = open(512)
		const block = handOn(blocks)
		expect(() => blocks.close()).toThrow(TypeError)
		settle(block)
		blocks.close()
		expect(pool.taken).toBe(0)
	})

	test('stay as they are where no large one is to be had', () => {
		const { pool, blocks, wanted } = open(2 * usual)
		wanted.large = true
		settle(handOn(blocks))
		expect(blocks.turn()).toBe(true)
		settle(handOn(blocks))
		expect(blocks.turn()).toBe(true)
		expect([blocks.current.memory.length, pool.taken]).toEqual([usual, 2])
	})

	test('are not replaced while the sink has them', () => {
		const { blocks, wanted } = open(512)
		const first = handOn(blocks)
		blocks.turn()
		const second = handOn(blocks)
		wanted.large = true
		expect(blocks.turn()).toBe(false)
		expect(blocks.settled).toBe(false)
		settle(second)
		expect(blocks.turnBackTo(second)).toBe(true)
		expect(blocks.current).toBe(second)
		settle(first)
		expect(blocks.settled).toBe(true)
	})

	test('say when a large one holds as much as one of the usual size that nobody has handed on', () => {
		const { blocks, wanted } = open(512)
		wanted.large = true
		blocks.current.filled = usual
		expect(blocks.owesUsualBlock).toBe(false)
		settle(handOn(blocks))
		blocks.turn()
		blocks.current.filled = usual - 1
		expect(blocks.owesUsualBlock).toBe(false)
		blocks.current.filled = usual
		expect(blocks.owesUsualBlock).toBe(true)
		blocks.current.handed = usual
		expect(blocks.owesUsualBlock).toBe(false)
	})
})
