import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileSystems } from '../../src/disk/file-systems.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { destinationIn, newFile, openPlace } from '../destination/disk.ts'
import { pseudoRandom } from '../support/body.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(1_000_000)
const half = body.length / 2

/** One whose files have no holes where something was written. */
const disk = Object.assign(createSystemDisk(), {
	space: async () => ({ freeBytes: undefined, fileSystem: fileSystems.ext }),
})

test.each([
	['before its last bytes', [half, body.length]],
	['after its last bytes', [body.length]],
])('a file too short for a journal that another program cuts %s is not published', async (_, ends) => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path, { disk }), newFile({ bytes: body.length }))
	let start = 0
	for (const end of ends) {
		await place.sink.write(start, body.subarray(start, end), { crc: false })
		if (start === 0) truncateSync(join(folder.path, 'file.bin.part'), 1000)
		start = end
	}
	await expect(place.sink.publish(body.length)).rejects.toThrow(/was cut (short|while it was written)/)
	await place.sink.close()
	expect(readdirSync(folder.path)).not.toContain('file.bin')
})
