import { symlink } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import { createSystemDisk } from '../../src/disk/system.ts'
import { testDiskContract } from '../contract/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

testDiskContract('the disk of this machine', async () => {
	const folder = await tempDir()
	onTestFinished(() => folder[Symbol.asyncDispose]())
	return { disk: createSystemDisk(), folder: folder.path, symlink }
})
