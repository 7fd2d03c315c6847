import { expect, test } from 'vitest'
import { playAll } from './catalogue.ts'
import { scenarios } from './scenarios.ts'

const endings = playAll('of the 26 scenarios that nine programs were put through', scenarios)

test('of the 26, not one ends otherwise than it must, and 22 or more end in the right bytes', () => {
	const successes = [...endings.values()].filter(ending => ending === 'right')
	expect(endings.size).toBe(26)
	expect(successes.length).toBeGreaterThanOrEqual(22)
})
