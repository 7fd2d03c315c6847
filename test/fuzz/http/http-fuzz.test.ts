import { expect, test } from 'vitest'
import { proveHttpFuzz } from './http-fuzz.ts'

test('an answer, right or broken, in any pieces and with any end, is what RFC 9112 makes of it', async () => {
	const { answers, ...kinds } = await proveHttpFuzz({ runs: 3000, seed: 1 })
	expect(answers).toBe(3000)
	for (const cases of Object.values(kinds)) expect(cases).toBeGreaterThan(25)
})
