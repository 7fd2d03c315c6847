import { expect, test } from 'vitest'
import { bothSettled } from '../../src/base/both-settled.ts'

const [wrong, worse] = [new Error('wrong'), new Error('worse')]

test('what both resolve with is told', async () => {
	expect(await bothSettled(Promise.resolve(1), Promise.resolve('b'))).toEqual([1, 'b'])
})

test('the first failure is told, or else the second', async () => {
	await expect(bothSettled(Promise.reject(wrong), Promise.reject(worse))).rejects.toBe(wrong)
	await expect(bothSettled(Promise.resolve(1), Promise.reject(worse))).rejects.toBe(worse)
})

test('a failure is told only when the other has ended too', async () => {
	let end = (): void => {}
	const other = new Promise<void>(resolve => {
		end = resolve
	})
	let told = false
	const both = bothSettled(Promise.reject(wrong), other).catch(() => {
		told = true
	})
	await new Promise(resolve => setImmediate(resolve))
	expect(told).toBe(false)
	end()
	await both
	expect(told).toBe(true)
})
