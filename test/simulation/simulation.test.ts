import { describe, expect, test } from 'vitest'
import { drawScenario } from './draw-scenario.ts'
import { play } from './play.ts'
import { regressionSeeds } from './regression-seeds.ts'
import { simulateSeeds } from './simulate-seeds.ts'

const seeds = 2000

describe('whatever servers, networks, disks, processes and users do together', () => {
	test(`a download ends with one version of the file or a typed error, and leaves nothing open (${seeds} seeds)`, async () => {
		const { failed, reached } = await simulateSeeds(1, seeds)
		expect(failed).toEqual([])
		// A net that nothing falls into catches nothing.
		expect(reached.steal).toBeGreaterThan(seeds / 100)
		expect(reached['power cut']).toBeGreaterThan(seeds / 100)
	}, 120_000)

	test('the same seed is the same in every detail when it is played again', async () => {
		const first = await play(drawScenario(7))
		const second = await play(drawScenario(7))
		expect(second.lines).toEqual(first.lines)
		expect(second.hash()).toBe(first.hash())
	})
})

describe('what went wrong once does not go wrong again:', () => {
	test.each(regressionSeeds)('$holds', async ({ scenario }) => {
		expect((await play(scenario)).wrong).toEqual([])
	})
})
