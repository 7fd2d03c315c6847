import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { expect, test } from 'vitest'
import config from '../.dependency-cruiser.mjs'

test('imports go one way, as docs/architecture.md draws them', async () => {
	const { output } = await cruise(['src'], {
		...config.options,
		ruleSet: { forbidden: config.forbidden },
		validate: true,
	} as Parameters<typeof cruise>[1])
	const { summary } = output as ICruiseResult

	// dependency-cruiser 17 reads nothing, and passes, where it finds TypeScript 7.
	expect(summary.totalCruised).toBeGreaterThan(40)
	expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([])
})
