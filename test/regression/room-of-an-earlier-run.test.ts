import { lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Disk } from '../../src/disk/contract.ts'
import { fileSystems } from '../../src/disk/file-systems.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { destinationIn, newFile, openPlace } from '../destination/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

/** A disk that is full for as long as the file that is at `path` now is there. */
function fullWith(path: string): Disk {
	const bornNs = (): bigint | undefined => lstatSync(path, { bigint: true, throwIfNoEntry: false })?.birthtimeNs
	const held = bornNs()
	return Object.assign(createSystemDisk(), {
		space: async () => ({ fileSystem: fileSystems.ext, freeBytes: bornNs() === held ? 0 : 2 ** 40 }),
	})
}

test('what a run of another version holds of the disk is there for the run that begins anew', async () => {
	await using folder = await tempDir()
	const earlier = await openPlace(destinationIn(folder.path), newFile())
	await earlier.sink.close()
	const disk = fullWith(join(folder.path, 'file.bin.part'))
	const place = await openPlace(
		destinationIn(folder.path, { disk }),
		newFile({ identity: { etag: '"2"', lastModified: undefined, date: undefined } }),
	)
	expect(place.path).toBe(join(folder.path, 'file.bin'))
	await place.sink.discard()
})

test('so is what a run holds that was killed before its file had its length', async () => {
	await using folder = await tempDir()
	const part = join(folder.path, 'file.bin.part')
	writeFileSync(part, '')
	const place = await openPlace(destinationIn(folder.path, { disk: fullWith(part) }), newFile())
	expect(place.path).toBe(join(folder.path, 'file.bin'))
	await place.sink.discard()
})
