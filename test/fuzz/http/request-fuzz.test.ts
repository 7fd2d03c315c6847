import { expect, test } from 'vitest'
import { proveRequestFuzz } from './request-fuzz.ts'

test('no text in an option, a URL or a validator ends a line of the request', () => {
	const { sent, refused } = proveRequestFuzz({ runs: 3000, seed: 1 })
	expect(sent).toBeGreaterThan(500)
	expect(refused).toBeGreaterThan(500)
})
