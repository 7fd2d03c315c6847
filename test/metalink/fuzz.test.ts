import { expect, test } from 'vitest'
import { proveMetalinkFuzz } from './prove.ts'

test('whatever a document holds, it is read or refused by a code', () => {
	const figures = proveMetalinkFuzz({ runs: 1500, seed: 1 })
	expect(figures.read).toBeGreaterThan(100)
	expect(figures.refused).toBeGreaterThan(100)
})
