import { describe, expect, test } from 'vitest'
import { RangeSet } from '../../src/model/range-set.ts'
import type { Script } from '../support/scripted/server.ts'
import type { Left, WatchedDestination } from '../support/scripted/watched-destination.ts'
import { destinationWith, expectBytes, expectFailure, runToEnd, version, World } from '../support/scripted/world.ts'

const file = version(8_000_000)

/** From this moment on every part comes without saying which it is; those under way are cut. */
const liesFromMs = 1000
const lying: Script = ({ atMs }, right) => {
	if (atMs < liesFromMs) return { ...right, cutAt: 700_000 }
	const { 'content-range': _, ...fields } = right.fields
	return { ...right, fields }
}

async function endedByLies(): Promise<{ world: World; destination: WatchedDestination; left: Left }> {
	const world = new World({ version: file, script: lying })
	const destination = world.destination()
	const ending = await runToEnd(world, { connections: 4 }, destination)
	expect(expectFailure(ending).code).toBe('E_PROTOCOL')
	return { world, destination, left: (await destination.left()) as Left }
}

const recorded = ({ state }: Left): number => new RangeSet(state.records.map(({ range }) => range)).bytes

describe('parts that do not say which they are, after parts that did', () => {
	test('end the download with E_PROTOCOL, and what was right stays for a later run', async () => {
		const { world, left } = await endedByLies()
		expect(recorded(left)).toBeGreaterThan(2_000_000)
		world.server.script = (_asked, right) => right

		const ending = await runToEnd(world, { connections: 4 }, destinationWith(world, left))

		expect(expectBytes(ending, file).resumedFrom).toBe(recorded(left))
	})

	test('leave a later run that meets them at once with no less than there was', async () => {
		const { world, left } = await endedByLies()

		const destination = destinationWith(world, left)
		const ending = await runToEnd(world, { connections: 4 }, destination)

		expect(expectFailure(ending).code).toBe('E_PROTOCOL')
		expect(recorded((await destination.left()) as Left)).toBe(recorded(left))
	})
})
