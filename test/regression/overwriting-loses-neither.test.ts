import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { DownloadWorld, fileName } from '../support/disk/download-world.ts'
import { Volume } from '../support/disk/volume.ts'

test('a small file that replaces another leaves the old one or the new one to a power cut, and nothing less', async () => {
	const old = new Uint8Array(pseudoRandom(9000, 2))
	const volume = new Volume()
	const version = { body: pseudoRandom(20_000), etag: '"v1"' }
	const world = new DownloadWorld({
		volume,
		version,
		ifExists: 'overwrite',
		journalFromBytes: 1_000_000,
		directory: '/',
	})
	const path = `/${fileName}`
	volume.put(path, old)
	volume.settle()
	expect(await world.end()).toMatchObject({ kind: 'done', result: { path } })
	// Names may reach the disk before the bytes that they name.
	const after = volume.powerCut(({ operation }) => ('folder' in operation ? 'kept' : 'dropped'))
	expect([old, new Uint8Array(version.body)]).toContainEqual(after.read(path))
})
