import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSystemDisk } from '../../src/disk/system.ts'
import { body, destinationIn, newFile, openPlace } from '../destination/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

test.each(['rename', 'overwrite'] as const)(
	'a .part that another file replaces at the last moment is not published as ours (%s)',
	async ifExists => {
		await using folder = await tempDir()
		const disk = createSystemDisk()
		const replaced =
			(give: (from: string, to: string) => Promise<void>) =>
			async (from: string, to: string): Promise<void> => {
				if (from.endsWith('.part')) {
					writeFileSync(join(folder.path, 'theirs'), 'other bytes')
					renameSync(join(folder.path, 'theirs'), from)
				}
				await give(from, to)
			}
		const disturbed = Object.assign(createSystemDisk(), {
			link: replaced((from, to) => disk.link(from, to)),
			rename: replaced((from, to) => disk.rename(from, to)),
		})
		const place = await openPlace(destinationIn(folder.path, { disk: disturbed, ifExists }), newFile())
		await place.sink.write(0, body, { crc: false })
		await place.sink.flush()

		await expect(place.sink.publish(body.length)).rejects.toMatchObject({
			code: 'E_IO',
			message: expect.stringContaining('was replaced'),
		})
		await place.sink.close()
	},
)
