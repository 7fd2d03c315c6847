import { expect, test } from 'vitest'
import { nameWithoutReplacing } from '../../src/destination/publish.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'

test('a name that cannot be given is free again, on a disk without hard links', async () => {
	const volume = new Volume({ hardLinks: false })
	volume.put('/a.part', new Uint8Array(10))
	const disk = new FailingDisk(volume.process(), ({ name }) => (name === 'file.close' ? { code: 'EIO' } : undefined))
	await expect(nameWithoutReplacing(disk, '/a.part', '/a')).rejects.toMatchObject({ code: 'E_IO' })
	expect(volume.paths()).toEqual(['/a.part'])
})
