import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { DownloadWorld } from '../support/disk/download-world.ts'
import { Volume } from '../support/disk/volume.ts'

test('a file that is done survives a power cut with the folders that were made for it', async () => {
	const volume = new Volume()
	const version = { body: pseudoRandom(20_000), etag: '"v1"' }
	const world = new DownloadWorld({ volume, version, directory: '/made/for/it' })
	expect(await world.end()).toMatchObject({ kind: 'done', result: { path: '/made/for/it/file.bin' } })
	expect(volume.powerCut(() => 'dropped').read('/made/for/it/file.bin')).toEqual(new Uint8Array(version.body))
})
