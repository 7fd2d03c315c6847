import { expect, test } from 'vitest'
import { proveNetworkFailures } from './network-failures.ts'

test('one failing network call or peer costs a retry; one that stays is a typed error; nothing is left open', async () => {
	const { downloads, right, typedErrors } = await proveNetworkFailures({ every: 29, seed: 1 })
	expect(right + typedErrors).toBe(downloads)
	expect(typedErrors).toBeGreaterThan(5)
})
