import { writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder } from '../../src/destination/folder.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'
import { tempDir } from '../support/temp-dir.ts'

const six = [1, 2, 3, 4, 5, 6]

test('several downloads into one new nested folder all have it', async () => {
	const disk = new Volume().process()
	await Promise.all(six.map(() => new Folder(disk, '/new/nested/deeper').make()))
	expect((await disk.lookThrough('/new/nested/deeper')).kind).toBe('folder')
})

test('so they have on the disk of this machine', async () => {
	await using folder = await tempDir()
	const path = join(folder.path, 'new', 'nested', 'deeper')
	await Promise.all(six.map(() => new Folder(createSystemDisk(), path).make()))
	expect((await stat(path)).isDirectory()).toBe(true)
})

test('a folder that another process made meanwhile survives a power cut like one of our own', async () => {
	const volume = new Volume()
	const disk = new FailingDisk(volume.process(), ({ name }) =>
		name === 'makeFolder' ? { code: 'EEXIST', done: true } : undefined,
	)
	await new Folder(disk, '/new').make()
	expect(volume.powerCut(() => 'dropped').paths()).toEqual(['/new'])
})

test('a file in the place of the folder is E_IO', async () => {
	await using folder = await tempDir()
	writeFileSync(join(folder.path, 'file'), '')
	const disk = Object.assign(createSystemDisk(), {
		realPath: () => Promise.reject(Object.assign(new Error('nothing'), { code: 'ENOENT', syscall: 'realpath' })),
	})
	const made = new Folder(disk, join(folder.path, 'file')).make()
	await expect(made).rejects.toMatchObject({ code: 'E_IO', details: { code: 'EEXIST' } })
})
