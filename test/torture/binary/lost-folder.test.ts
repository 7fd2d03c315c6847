import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { eventsOf } from '../../crash/kills/command-events.ts'
import { pseudoRandom } from '../../support/body.ts'
import { type Origin, startOrigin } from '../../support/origin.ts'
import { runCli } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { disturbed } from './disturbed.ts'
import { type Mount, mountExt4, mountReadOnly } from './mounts.ts'
import { needsMount } from './needs-mount.ts'

const body = pseudoRandom(25_000_000)
const slow = () => startOrigin({ body, totalBytesPerSecond: 25_000_000 })
const codeOf = (stdout: string) => eventsOf(stdout).find(({ event }) => event === 'failed')?.code

needsMount('a folder that cannot be written to is E_IO, and the hint is another folder', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	await using disk = await mountReadOnly(folder.path)
	for (const below of ['.', 'new/folder']) {
		const { code, stdout, stderr } = await runCli([origin.url(), '-d', join(disk.path, below), '--json'])
		expect(code).toBe(8)
		expect(codeOf(stdout)).toBe('E_IO')
		expect(stderr).toContain('--dir')
	}
	expect(await readdir(folder.path)).toEqual([])
})

interface Loss {
	readonly what: string
	lose(disk: Mount, folder: string): Promise<unknown>
	/** What is there once the folder can be used again. */
	regain(disk: Mount, folder: string): Promise<unknown>
}

const losses: readonly Loss[] = [
	{
		what: 'is read-only from now on, since the kernel found a fault',
		lose: disk => disk.remount('abort'),
		regain: disk => disk.mountAgain(),
	},
	{
		what: 'is unmounted from its path',
		lose: disk => disk.unmount('lazily'),
		regain: disk => disk.mountAgain(),
	},
	{
		what: 'is deleted',
		lose: (_, folder) => rm(folder, { recursive: true }),
		regain: (_, folder) => mkdir(folder),
	},
]

for (const { what, lose, regain } of losses) {
	needsMount(
		`a folder that ${what} while its download runs is E_IO, and the same command gets the file later`,
		async () => {
			await using origin = await slow()
			await using disk = await mountExt4(64 * 1024 * 1024)
			const folder = join(disk.path, 'folder')
			await mkdir(folder)

			const { code, stdout } = await disturbed(origin, ['-d', folder], 10_000_000, () => lose(disk, folder))
			expect(code).toBe(8)
			expect(codeOf(stdout)).toBe('E_IO')
			await expectNoFile(folder)

			await regain(disk, folder)
			await expectWhole(origin, folder)
		},
	)
}

async function expectNoFile(folder: string): Promise<void> {
	expect(await readdir(folder).catch(() => [])).not.toContain('file.bin')
}

async function expectWhole(origin: Origin, folder: string): Promise<void> {
	expect((await runCli([origin.url(), '-d', folder, '--json'])).code).toBe(0)
	expect((await readFile(join(folder, 'file.bin'))).equals(body)).toBe(true)
	expect(await readdir(folder)).toEqual(['file.bin'])
}
