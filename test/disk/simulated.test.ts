import { testDiskContract } from '../contract/disk.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'

testDiskContract('the simulated disk', async () => {
	const volume = new Volume()
	volume.makeFolder('/work')
	return { disk: volume.process(), folder: '/work', symlink: async (target, path) => volume.symlink(target, path) }
})

testDiskContract('a disk that could fail and does not', async () => {
	const volume = new Volume()
	volume.makeFolder('/work')
	const disk = new FailingDisk(volume.process(), () => undefined)
	return { disk, folder: '/work', symlink: async (target, path) => volume.symlink(target, path) }
})
