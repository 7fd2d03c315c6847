import { expect, test } from 'vitest'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

test.each([100_000, 300_000, 600_000, 1_000_000])(
	'lanes that end before their rate was taken still show that the one that is left is slow (%i bytes)',
	async bytes => {
		const file = version(bytes)
		const script: World['server']['script'] = ({ nth }, right) =>
			nth === 3 ? { ...right, bytesPerSecond: 1000 } : right
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 4, minSplitBytes: 16 * 1024 }), file)
		expect(result.durationMs).toBeLessThan(3000)
	},
)
