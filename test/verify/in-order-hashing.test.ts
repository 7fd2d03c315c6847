import { expect, test } from 'vitest'
import { createInOrderHashing } from '../../src/verify/in-order-hashing.ts'
import { testHashingContract } from '../contract/hashing.ts'

testHashingContract('in-order hashing', algorithms => {
	const hashing = createInOrderHashing(algorithms)
	let front = 0
	return {
		hashing,
		append: bytes => {
			hashing.feed(bytes)
			front += bytes.length
			hashing.advance(front)
		},
	}
})

test('memory that was fed may be used again at once', async () => {
	const hashing = createInOrderHashing(['md5'])
	const block = Buffer.from('abc')
	hashing.feed(block)
	block.fill(0)
	expect((await hashing.finish(3)).get('md5')).toBe('900150983cd24fb0d6963f7d28e17f72')
})
