import { expect, test } from 'vitest'
import { proveFieldFuzz } from './prove.ts'

test('every field, well written or not, is read for what it says and without a fault', async () => {
	const figures = await proveFieldFuzz({ runs: 500, seed: 9110 })
	expect(figures.laws).toBe(15)
	expect(figures.fields).toBe(7500)
	expect(figures.longFields).toBeGreaterThan(100)
})
