import { expect, test } from 'vitest'
import { credentials } from './credentials.ts'
import { proveSecretsStay } from './crossing.ts'
import { redirects } from './redirects.ts'

test('no secret crosses to another origin, by no redirect, and each arrives where it is meant for', async () => {
	const figures = await proveSecretsStay()
	expect(credentials).toHaveLength(12)
	expect(redirects).toHaveLength(11)
	expect(figures.crossings).toBe(132)
	expect(figures.ownWithSecret).toBeGreaterThan(132 - 11)
	expect(figures.foreignRequests).toBeGreaterThan(12 * 7)
})
