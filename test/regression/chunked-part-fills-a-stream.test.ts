import { expect, test } from 'vitest'
import type { Version } from '../support/scripted/server.ts'
import { Reader, StreamedDestination } from '../support/scripted/streamed.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

// A part without a length of its own counts only at its end. The window was held against what counted, so that a stream
// longer than it was given up half-way; simulation, seed 536.
test('a stream takes a part in chunks that is longer than its window, whole and by one request', async () => {
	const { body } = version(300_000)
	const nameless: Version = { body }
	const world = new World({ version: nameless, script: (_asked, right) => ({ ...right, framing: 'chunked' }) })
	const reader = new Reader(world.clock, 150_000)
	expectBytes(await runToEnd(world, { connections: 3 }, new StreamedDestination(reader, 70_000)), nameless)
	expect(world.server.asked).toHaveLength(1)
})
