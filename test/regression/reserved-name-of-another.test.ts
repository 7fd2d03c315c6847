import { expect, test } from 'vitest'
import { nameWithoutReplacing } from '../../src/destination/publish.ts'
import { systemError } from '../support/disk/system-error.ts'
import { Volume } from '../support/disk/volume.ts'

test('an empty file that another program put under the name stays, on a disk without hard links', async () => {
	const volume = new Volume({ hardLinks: false })
	volume.put('/a.part', new Uint8Array(10))
	const inner = volume.process()
	const disk = Object.assign(volume.process(), {
		rename: async () => {
			await inner.unlink('/a')
			await (await inner.create('/a')).close()
			throw systemError('EIO', 'rename')
		},
	})
	await expect(nameWithoutReplacing(disk, '/a.part', '/a')).rejects.toMatchObject({ code: 'E_IO' })
	expect(volume.paths()).toEqual(['/a', '/a.part'])
})
