import { expect, test } from 'vitest'
import { proveCrashStates } from './states/prove.ts'

test('a download goes on rightly from whatever a crash leaves of the disk', { timeout: 120_000 }, async () => {
	const figures = await proveCrashStates({ states: 2000, seed: 1 })
	expect(figures.distinct).toBeGreaterThanOrEqual(2000)
	for (const outcome of ['resumed', 'anew', 'already there', 'refused'] as const) {
		expect(figures[outcome], outcome).toBeGreaterThan(0)
	}
})
