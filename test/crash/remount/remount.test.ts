import { expect } from 'vitest'
import { needsMount } from '../../torture/binary/needs-mount.ts'
import { proveRemounts } from './prove-remounts.ts'

needsMount(
	'a file system that is cut and mounted again holds what its journal calls durable, and the rest is fetched',
	async () => {
		const figures = await proveRemounts({ times: 1, seed: 1 })

		expect(figures.cuts).toBe(1)
		expect(figures.keptBytes).toBeGreaterThan(0)
	},
	120_000,
)
