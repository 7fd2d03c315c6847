import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { eventsOf } from '../../crash/kills/command-events.ts'
import { recordedBytes } from '../../crash/remount/recorded.ts'
import { pseudoRandom } from '../../support/body.ts'
import { withoutLength } from '../../support/origin/scripts.ts'
import { startOrigin } from '../../support/origin.ts'
import { runCli } from '../../support/run-cli.ts'
import { disturbed } from './disturbed.ts'
import { type Mount, mountExt4, mountTmpfs } from './mounts.ts'
import { needsMount } from './needs-mount.ts'

const roomBytes = 64 * 1024 * 1024
const larger = pseudoRandom(70_000_000)
const fitting = pseudoRandom(30_000_000)

const codeOf = (stdout: string) => eventsOf(stdout).find(({ event }) => event === 'failed')?.code
const resumedFrom = (stdout: string) => eventsOf(stdout)[0]?.resumedFrom
const contentIn = ({ path }: Mount) => readFile(join(path, 'file.bin'))

describe('a file that is larger than the file system', () => {
	needsMount('is refused before anything is written, and taken when there is room', async () => {
		await using origin = await startOrigin({ body: larger })
		await using disk = await mountTmpfs(roomBytes)
		const args = [origin.url(), '-d', disk.path, '--json']

		const refused = await runCli(args)
		expect(refused.code).toBe(8)
		expect(codeOf(refused.stdout)).toBe('E_NO_SPACE')
		expect(await readdir(disk.path)).toEqual([])

		await disk.remount(`size=${2 * roomBytes}`)
		expect((await runCli(args)).code).toBe(0)
		expect((await contentIn(disk)).equals(larger)).toBe(true)
	})

	needsMount(
		'and whose length nobody said, ends when it is full, leaves the room to others, and comes whole later',
		async () => {
			await using origin = await startOrigin({
				body: larger,
				answer: withoutLength('chunked'),
			})
			await using disk = await mountTmpfs(roomBytes)
			const args = [origin.url(), '-d', disk.path, '--json']

			const filled = await runCli(args)
			expect(filled.code).toBe(8)
			expect(codeOf(filled.stdout)).toBe('E_NO_SPACE')
			expect(await readdir(disk.path)).toEqual([])

			await disk.remount(`size=${2 * roomBytes}`)
			expect((await runCli(args)).code).toBe(0)
			expect((await contentIn(disk)).equals(larger)).toBe(true)
		},
	)
})

const kinds = [
	['tmpfs', mountTmpfs],
	['ext4', mountExt4],
] as const

for (const [kind, mount] of kinds) {
	needsMount(`what came before another program took the room is kept, and gone on with (${kind})`, async () => {
		await using origin = await startOrigin({
			body: fitting,
			totalBytesPerSecond: 30_000_000,
		})
		await using disk = await mount(roomBytes)
		const filler = join(disk.path, 'filler')

		const filled = await disturbed(origin, ['-d', disk.path], 12_000_000, () => fill(filler))
		expect(filled.code).toBe(8)
		expect(codeOf(filled.stdout)).toBe('E_NO_SPACE')
		const recorded = await recordedBytes(join(disk.path, 'file.bin.part'), fitting)
		expect(recorded).toMatchObject({
			wrongWrittenBytes: 0,
			wrongDurableBytes: 0,
		})

		await rm(filler)
		const { code, stdout } = await runCli([origin.url(), '-d', disk.path, '--json'])
		expect(code).toBe(0)
		expect(resumedFrom(stdout)).toBe(recorded?.bytes)
		expect(resumedFrom(stdout)).toBeGreaterThan(6_000_000)
		expect((await contentIn(disk)).equals(fitting)).toBe(true)
	})
}

/** Takes all the room that there is. */
async function fill(path: string): Promise<void> {
	const error = await writeFile(path, pseudoRandom(roomBytes)).catch((failed: unknown) => failed)
	expect(error).toMatchObject({ code: 'ENOSPC' })
}
