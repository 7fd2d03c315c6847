import { describe, expect, test } from 'vitest'
import { expectBytes, runToEnd, version, World, type WorldOptions } from '../support/scripted/world.ts'

const mb = 1_000_000
const blockBytes = 16 * 1024
const file = version(60 * mb)

/** 50 ms tell that it is fast: the second half of the file comes in large blocks. */
function worldWith(options: Partial<WorldOptions> = {}): { world: World; large: () => number } {
	const world = new World({ version: file, blockBytes, bytesPerSecond: 300 * mb, ...options })
	const { blocks } = world.governor
	const take = blocks.tryTakeLarge.bind(blocks)
	const exchange = blocks.exchange.bind(blocks)
	let large = 0
	const noted = (block: Uint8Array | undefined): Uint8Array | undefined => {
		if (block !== undefined && block.length > blockBytes) large += 1
		return block
	}
	blocks.tryTakeLarge = () => noted(take())
	blocks.exchange = block => noted(exchange(block))
	return { world, large: () => large }
}

describe('a fast download', () => {
	test.each([1, 2, 4])('by %i connections takes large blocks, and gives them all back', async connections => {
		const { world, large } = worldWith()
		expectBytes(await runToEnd(world, { connections }), file)
		expect(large()).toBeGreaterThan(0)
	})

	test('that breaks off again and again has the right bytes', async () => {
		const script: World['server']['script'] = ({ nth }, right) =>
			nth % 2 === 0 ? { ...right, cutAt: 9 * mb + nth } : right
		const { world, large } = worldWith({ script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(large()).toBeGreaterThan(0)
	})

	test('has the right bytes where the sink lags behind', async () => {
		const { world, large } = worldWith({ settlesAfterMs: 3 })
		const result = expectBytes(await runToEnd(world, { connections: 3 }), file)
		expect(result.bytes).toBe(file.body.length)
		expect(large()).toBeGreaterThan(0)
	})

	test('keeps within its memory where there is little, and goes on with blocks of the usual size', async () => {
		const { world, large } = worldWith({ blocksBytes: 4 * blockBytes })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(large()).toBe(0)
	})

	test('that is slow takes no large block', async () => {
		const { world, large } = worldWith({ bytesPerSecond: 20 * mb })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(large()).toBe(0)
	})
})
