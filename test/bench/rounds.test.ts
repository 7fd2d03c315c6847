import { expect, test } from 'vitest'
import { orderOf } from '../../bench/rounds.ts'

const contenders = ['a', 'b', 'c', 'd', 'e']
const rounds = Array.from({ length: 50 }, (_, round) => orderOf(contenders, round))

test('each contender runs once in a round, and another one is first in each', () => {
	for (const order of rounds) expect(order.toSorted()).toEqual(contenders)
	expect(rounds.slice(0, 5).map(([first]) => first)).toEqual(contenders)
})

test('whoever is before a contender changes from round to round', () => {
	const before = rounds.map(order => order[order.indexOf('c') - 1])
	expect(new Set(before)).toEqual(new Set(['a', 'b', 'd', 'e', undefined]))
})
