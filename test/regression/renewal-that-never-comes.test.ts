import { expect, test } from 'vitest'
import type { Script } from '../support/scripted/server.ts'
import { expectFailure, runToEnd, version, World } from '../support/scripted/world.ts'

const file = version(16_000_000)
const never = (): Promise<URL> => new Promise(() => {})

test.each<[string, Script]>([
	['before the first byte', (_asked, right) => ({ ...right, status: 403 })],
	['half-way', (asked, right) => (asked.atMs < 500 ? { ...right, cutAt: 500_000 } : { ...right, status: 403 })],
])(
	'a link that expired %s, and a function that finds no other and does not end, keep nobody longer than --max-time',
	async (_, script) => {
		const world = new World({ version: file, script })

		const ending = await runToEnd(world, { connections: 4, maxTimeMs: 8000, renew: never })

		expect(expectFailure(ending).code).toBe('E_TIMEOUT')
		expect(world.clock.now()).toBeLessThan(9000)
	},
)
