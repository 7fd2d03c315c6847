import { expect, test } from 'vitest'
import { Claims } from '../../src/destination/claims.ts'
import type { Destination, NewFile } from '../../src/destination/contract.ts'
import { createFileDestination } from '../../src/destination/file.ts'
import type { Disk } from '../../src/disk/contract.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'

const identity = { url: 'http://origin.test/file.bin', urlDigest: 'aa'.repeat(32) }
const file: NewFile = {
	...identity,
	name: 'file.bin',
	bytes: 1000,
	identity: { etag: '"1"', lastModified: undefined, date: undefined },
	resumable: true,
}

const destinationOn = (disk: Disk): Destination =>
	createFileDestination({
		disk,
		claims: new Claims(),
		nonce: () => 'nonce',
		directory: '/d',
		fixedName: undefined,
		ifExists: 'rename',
		fresh: false,
		sync: false,
		notice: () => {},
		journalFromBytes: 1,
	})

test('what fails after it does not hide that the sync of what an earlier run wrote failed', async () => {
	const volume = new Volume()
	const earlier = await destinationOn(volume.process()).open(file)
	if (earlier.kind === 'place') await earlier.sink.close()
	let broken = false
	const disk = new FailingDisk(volume.process(), ({ name }) => {
		broken ||= name === 'file.syncData'
		return broken && name !== 'file.close' ? { code: name === 'file.syncData' ? 'EIO' : 'EROFS' } : undefined
	})
	const resumed = destinationOn(disk).findUnfinished(file.name, identity)
	await expect(resumed).rejects.toMatchObject({ code: 'E_IO', details: { code: 'EIO' } })
})
