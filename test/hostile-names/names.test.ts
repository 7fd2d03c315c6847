import { expect, test } from 'vitest'
import { proveHostileNames } from './prove.ts'

test('whatever a file is called, by whatever way, it is one file in its folder and acts on no terminal', async () => {
	const figures = await proveHostileNames({ downloadOneIn: 17, printOneIn: 7 })
	expect(figures.names).toBeGreaterThan(1500)
	expect(figures.chosen).toBe(3 * figures.names)
	expect(figures.downloaded).toBeGreaterThan(250)
	expect(figures.printed).toBeGreaterThan(200)
})
