import process from 'node:process'
import { expect, test } from 'vitest'
import { proveKills } from './prove-kills.ts'

/** CI asks for more. */
const kills = Number(process.env['SKEIN_KILLS'] ?? 20)

test('a command that is killed at any moment leaves nothing wrong, and gets its file in the end', async () => {
	const figures = await proveKills({ kills, seed: 1, atOnce: 3 })

	expect(figures.kills).toBeGreaterThanOrEqual(kills)
	expect(figures.resumed).toBeGreaterThan(0)
	expect(figures.refetchedOfAllowed).toBeLessThan(1)
}, 1_200_000)
