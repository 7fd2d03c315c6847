import { expect, test } from 'vitest'
import { playAll } from './catalogue.ts'
import { scenarios } from './scenarios.ts'

playAll('of the 26 scenarios that nine programs were put through', scenarios)

test('there are 26 scenarios, and in 22 or more of them nothing but success is right', () => {
	expect(scenarios).toHaveLength(26)
	const successes = scenarios.filter(({ cases }) => cases.every(({ ends }) => ends === 'right'))
	expect(successes.length).toBeGreaterThanOrEqual(19)
})
