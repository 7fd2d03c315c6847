import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CancelSource, neverCancelled } from '../../src/base/abort.ts'
import { createBlockPool } from '../../src/sink/blocks.ts'

const small = { blockBytes: 16, limitBytes: 48 }

describe('the pool of blocks', () => {
	test('gives no more blocks than its limit holds, and each has the size asked for', () => {
		const pool = createBlockPool(small)
		const blocks = [pool.tryTake(), pool.tryTake(), pool.tryTake()]
		expect(new Set(blocks).size).toBe(3)
		expect(blocks.map(block => block?.length)).toEqual([16, 16, 16])
		expect(pool.tryTake()).toBeUndefined()
	})

	test('has one block to give even where the limit is below the size of one', () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 1 })
		expect(pool.tryTake()).toHaveLength(16)
		expect(pool.tryTake()).toBeUndefined()
	})

	test('gives the block that came back last first', () => {
		const pool = createBlockPool(small)
		const [a, b] = [pool.tryTake() as Uint8Array, pool.tryTake() as Uint8Array]
		pool.give(a)
		pool.give(b)
		expect(pool.tryTake()).toBe(b)
		expect(pool.tryTake()).toBe(a)
	})

	test('serves those who wait in the order in which they asked', async () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 16 })
		const block = await pool.take(neverCancelled)
		const served: string[] = []
		const waits = ['first', 'second', 'third'].map(async name => {
			const taken = await pool.take(neverCancelled)
			served.push(name)
			pool.give(taken)
		})
		pool.give(block)
		await Promise.all(waits)
		expect(served).toEqual(['first', 'second', 'third'])
	})

	test('does not let a newcomer overtake those who wait', async () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 16 })
		const block = await pool.take(neverCancelled)
		const waiting = pool.take(neverCancelled)
		pool.give(block)
		expect(pool.tryTake()).toBeUndefined()
		expect(await waiting).toBe(block)
	})

	test('rejects a cancelled wait with its reason and gives the block to the next', async () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 16 })
		const block = await pool.take(neverCancelled)
		const cancel = new CancelSource()
		const cancelled = pool.take(cancel)
		const next = pool.take(neverCancelled)
		cancel.cancel('enough')
		await expect(cancelled).rejects.toBe('enough')
		await expect(pool.take(cancel)).rejects.toBe('enough')
		pool.give(block)
		expect(await next).toBe(block)
	})

	test('gives large blocks too, of four times the size, up to half of its memory', () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 256 })
		expect([pool.tryTakeLarge(), pool.tryTakeLarge()].map(block => block?.length)).toEqual([64, 64])
		expect(pool.tryTakeLarge()).toBeUndefined()
		const usual = Array.from({ length: 9 }, () => pool.tryTake()?.length)
		expect(usual).toEqual([...Array.from({ length: 8 }, () => 16), undefined])
	})

	test('has no large block where blocks of the usual size take up the memory', () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 160 })
		for (let count = 0; count < 7; count++) pool.tryTake()
		expect(pool.tryTakeLarge()).toBeUndefined()
	})

	test('gives up a large block that nobody has for those who want one of the usual size', async () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 128 })
		const large = pool.tryTakeLarge() as Uint8Array
		for (let count = 0; count < 4; count++) pool.tryTake()
		expect(pool.tryTake()).toBeUndefined()
		const waiting = Array.from({ length: 5 }, () => pool.take(neverCancelled))
		pool.give(large)
		const served = await Promise.all(waiting.slice(0, 4))
		expect(served.map(block => block.length)).toEqual([16, 16, 16, 16])
		expect(pool.tryTakeLarge()).toBeUndefined()
		pool.give(served[0] as Uint8Array)
		expect(await waiting[4]).toBe(served[0])
	})

	test('makes a large block of the memory of usual ones that nobody has', () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 128 })
		const blocks = Array.from({ length: 8 }, () => pool.tryTake() as Uint8Array)
		for (const block of blocks.slice(0, 3)) pool.give(block)
		expect(pool.tryTakeLarge()).toBeUndefined()
		pool.give(blocks[3] as Uint8Array)
		for (let count = 0; count < 4; count++) pool.give(blocks[4 + count] as Uint8Array)
		expect(pool.tryTakeLarge()).toHaveLength(64)
		expect(Array.from({ length: 5 }, () => pool.tryTake()?.length)).toEqual([16, 16, 16, 16, undefined])
	})

	test('gives the large block that came back again', () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 128 })
		const large = pool.tryTakeLarge() as Uint8Array
		pool.give(large)
		expect(() => pool.give(large)).toThrow(TypeError)
		expect(pool.tryTakeLarge()).toBe(large)
	})

	test('throws when a block is given twice, or was never taken', () => {
		const pool = createBlockPool(small)
		const block = pool.tryTake() as Uint8Array
		pool.give(block)
		expect(() => pool.give(block)).toThrow(TypeError)
		expect(() => pool.give(new Uint8Array(16))).toThrow(TypeError)
	})

	test('exchanges a block for one of the other size, and back', () => {
		const pool = createBlockPool({ blockBytes: 16, limitBytes: 160 })
		const usual = pool.tryTake() as Uint8Array
		const large = pool.exchange(usual) as Uint8Array
		expect(large).toHaveLength(64)
		expect(() => pool.give(usual)).toThrow(TypeError)
		expect(pool.exchange(large)).toBe(usual)
		expect(() => pool.give(large)).toThrow(TypeError)
	})

	test('leaves a block to who has it where there is none to exchange it for', () => {
		const pool = createBlockPool(small)
		const usual = pool.tryTake() as Uint8Array
		expect(pool.exchange(usual)).toBeUndefined()
		pool.give(usual)
		expect(pool.tryTake()).toBe(usual)
	})

	test('no block ever has two owners, whatever the order of takes, gives and cancels', async () => {
		const steps = fc.array(fc.constantFrom('take', 'give', 'cancel'), { maxLength: 60 })
		await fc.assert(
			fc.asyncProperty(steps, async steps => {
				const pool = createBlockPool(small)
				const owned = new Set<Uint8Array>()
				const waiting: { cancel: CancelSource; done: Promise<void> }[] = []
				for (const step of steps) {
					if (step === 'take') {
						const cancel = new CancelSource()
						const got = (block: Uint8Array) => {
							expect(owned.has(block)).toBe(false)
							owned.add(block)
						}
						waiting.push({ cancel, done: pool.take(cancel).then(got, () => {}) })
					} else if (step === 'cancel') waiting.shift()?.cancel.cancel('cancelled')
					else {
						const [block] = owned
						if (block === undefined) continue
						owned.delete(block)
						pool.give(block)
					}
					await new Promise(resolve => process.nextTick(resolve))
					expect(owned.size).toBeLessThanOrEqual(3)
				}
			}),
			{ numRuns: 50 },
		)
	})
})
