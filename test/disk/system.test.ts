import { symlink } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/api/system.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { testDiskContract } from '../contract/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

testDiskContract('the disk of this machine by way of the thread pool', async () => {
	const folder = await tempDir()
	onTestFinished(() => folder[Symbol.asyncDispose]())
	return { disk: createSystemDisk(), folder: folder.path, symlink }
})

testDiskContract('the disk of this machine with prompt calls', async () => {
	const folder = await tempDir()
	onTestFinished(() => folder[Symbol.asyncDispose]())
	const disk = createSystemDisk(systemClock)
	// The first call in a folder has it found out that it is one of this machine.
	await disk.look(`${folder.path}/nothing`)
	await disk.space(folder.path)
	return { disk, folder: folder.path, symlink }
})
