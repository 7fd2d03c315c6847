import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nameWithoutReplacing } from '../../src/destination/publish.ts'
import type { Disk } from '../../src/disk/contract.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { tempDir } from '../support/temp-dir.ts'

const disk = createSystemDisk()

const withoutLinks: Disk = Object.assign(createSystemDisk(), {
	link: async () => {
		throw Object.assign(new Error('operation not permitted'), { code: 'EPERM', syscall: 'link' })
	},
})

test('where there are no links, a file is renamed, and never onto another', async () => {
	await using folder = await tempDir()
	const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')]
	writeFileSync(from, 'ours')
	writeFileSync(to, 'theirs')
	expect(await nameWithoutReplacing(withoutLinks, from, to)).toBe('exists')
	expect([readFileSync(from, 'latin1'), readFileSync(to, 'latin1')]).toEqual(['ours', 'theirs'])
	expect(await nameWithoutReplacing(withoutLinks, from, join(folder.path, 'free'))).toBe('renamed')
	expect(readFileSync(join(folder.path, 'free'), 'latin1')).toBe('ours')
	expect(readdirSync(folder.path)).toEqual(['free', 'to'])
})

test('a rename that fails leaves nothing under the new name', async () => {
	await using folder = await tempDir()
	const missing = nameWithoutReplacing(withoutLinks, join(folder.path, 'missing'), join(folder.path, 'to'))
	await expect(missing).rejects.toMatchObject({ code: 'E_IO', details: { code: 'ENOENT' } })
	expect(readdirSync(folder.path)).toEqual([])
})

test('a link that fails for another reason is E_IO', async () => {
	await using folder = await tempDir()
	const missing = nameWithoutReplacing(disk, join(folder.path, 'missing'), join(folder.path, 'to'))
	await expect(missing).rejects.toMatchObject({ code: 'E_IO', details: { code: 'ENOENT', syscall: 'link' } })
})
