import { expect, test } from 'vitest'
import { Reader, StreamedDestination } from '../support/scripted/streamed.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

// The stream has had what came of a part without a length, and such a part counts only at its end: to give up its request for
// a faster connection ended the download. Simulation, seed 70632.
test('a lane of a stream that turns slow half-way through a part in chunks is left to end it', async () => {
	const file = version(1_500_000)
	const world = new World({
		version: file,
		bytesPerSecond: 100_000,
		script: ({ nth }, right) => ({ ...right, framing: 'chunked', ...(nth === 3 ? { slowsAt: 150_000 } : {}) }),
	})
	const target = new StreamedDestination(new Reader(world.clock), 4_000_000)
	const { connectionsPeak } = expectBytes(await runToEnd(world, { connections: 4 }, target), file)
	expect(connectionsPeak).toBe(4)
})
