import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Party } from '../../src/engine/parties.ts'
import { plainSpec } from '../support/plain-spec.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

const file = version(4_000_000)
const mirrorUrl = new URL('http://mirror.test/file.bin')
const spec = {
	connections: 2,
	mirrors: [{ url: mirrorUrl, asking: { ...plainSpec.asking, headersOrigin: mirrorUrl.origin } }],
	checksum: {
		algorithm: 'sha-256',
		value: createHash('sha256').update(file.body).digest('hex'),
		source: 'caller',
	},
} as const

/** A place whose journal takes a while to note that several sources share the work. */
function withSlowShare(world: World, ms: number): ReturnType<World['destination']> {
	const destination = world.destination()
	const open = destination.open.bind(destination)
	destination.open = async file => {
		const place = await open(file)
		const { journal } = place
		if (journal === undefined) return place
		const share = journal.share.bind(journal)
		journal.share = async digest => {
			await world.clock.sleep(ms)
			await share(digest)
		}
		return place
	}
	return destination
}

test('a mirror that is let in when the last byte has come takes nothing from the downloads after it', async () => {
	const world = new World({ version: file })
	expectBytes(await runToEnd(world, spec, withSlowShare(world, 60_000)), file)
	const next: Party = { host: mirrorUrl.host, wanted: 32, connections: 0, receiving: 0, standing: 0, exact: false }
	world.governor.join(next, () => {})
	expect(world.governor.shareOf(next)).toBe(32)
})
