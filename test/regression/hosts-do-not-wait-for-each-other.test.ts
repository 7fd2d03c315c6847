import { expect, test } from 'vitest'
import { expectBytes, expectNothingLeft, version, World } from '../support/scripted/world.ts'

const file = version(4_000_000)
const elsewhere = new URL('http://mirror.test/file.bin')

test('a download begins at once though others wait for a connection to another host', async () => {
	const world = new World({ version: file, maxPerHost: 1 })
	const first = world.start()
	const waiting = world.start()
	await world.clock.advance(100)
	const other = world.start({ url: elsewhere })

	expectBytes(await world.end(other), file)
	expect(other.endedMs).toBe((first.endedMs ?? Number.POSITIVE_INFINITY) + 100)
	expectBytes(await world.end(waiting), file)
	expectNothingLeft(world, first, waiting, other)
})
