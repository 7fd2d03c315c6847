import { expect, test } from 'vitest'
import { WaitingLine } from '../../src/engine/waiting-line.ts'

test('those who wait stand in the order in which they came, and are counted by host', () => {
	const line = new WaitingLine<{ readonly host: string }>()
	const [first, second, third] = [{ host: 'a' }, { host: 'b' }, { host: 'a' }]
	for (const waiting of [first, second, third]) line.add(waiting)
	expect(line.all()).toEqual([first, second, third])
	expect([line.at('a'), line.at('b'), line.at('c')]).toEqual([2, 1, 0])
	line.remove(first)
	line.remove(first)
	line.remove(second)
	expect(line.all()).toEqual([third])
	expect([line.at('a'), line.at('b')]).toEqual([1, 0])
})
