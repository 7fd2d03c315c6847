import { test } from 'vitest'
import { statusReply } from '../support/scripted/server.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'
test('x', async () => {
		const file = version(8_000_000)
		const script: World['server']['script'] = (a, right) => {
			console.log(a.atMs, a.nth, a.range, a.busy, a.connection)
			return a.busy > 3 ? statusReply(right, 403) : right }
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 8 }), file)
		console.log(result)
})
