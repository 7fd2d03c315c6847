import { spawnSync } from 'node:child_process'
import { statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { preallocate } from '../../src/destination/preallocate.ts'
import { fileSystems } from '../../src/disk/file-systems.ts'
import { tempDir } from '../support/temp-dir.ts'
import { destinationIn, newFile, openPlace, systemDisk } from './disk.ts'

const MiB = 1024 * 1024

/** ext4 or XFS below the folder of temporary files, and util-linux's command. */
const { fileSystem } = await systemDisk.space(tmpdir())
const putsRoomAside =
	(fileSystem === fileSystems.ext || fileSystem === fileSystems.xfs) &&
	spawnSync('fallocate', ['--version']).status === 0

/** What was put aside for a file of this length. */
async function putAside(fileSystem: number | Error, bytes: number): Promise<number> {
	let allocated = 0
	const disk = {
		space: async () => {
			if (typeof fileSystem !== 'number') throw fileSystem
			return { freeBytes: undefined, fileSystem }
		},
	}
	const file = {
		path: '/folder/file.part',
		allocate: async (asked: number) => {
			allocated = asked
		},
	}
	await preallocate(disk, file, bytes)
	return allocated
}

test.each(['ext', 'xfs'] as const)('room for the whole of a long file is put aside on %s', async name => {
	expect(await putAside(fileSystems[name], 64 * MiB)).toBe(64 * MiB)
})

test('a file that is fetched in a moment is not worth a command', async () => {
	expect(await putAside(fileSystems.ext, 64 * MiB - 1)).toBe(0)
})

test.each(['tmpfs', 'btrfs', 'zfs', 'overlayfs'] as const)('nothing is put aside on %s', async name => {
	expect(await putAside(fileSystems[name], 64 * MiB)).toBe(0)
})

test('nothing is put aside on a file system that does not say what it is', async () => {
	expect(await putAside(new Error('EIO'), 64 * MiB)).toBe(0)
})

describe.runIf(putsRoomAside)('where the disk of this machine can', () => {
	const file = newFile({ bytes: 64 * MiB })

	test('a long file has room for all of it before its first byte', async () => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), file)
		const { blocks, size } = statSync(`${place.path}.part`)
		expect(size).toBe(64 * MiB)
		expect(blocks * 512).toBeGreaterThanOrEqual(64 * MiB)
		await place.sink.close()
	})

	test('one that was cut and grew again is told from one that is whole', async () => {
		await using folder = await tempDir()
		const place = await openPlace(destinationIn(folder.path), file)
		const written = new Uint8Array(MiB).fill(1)
		for (let at = 0; at < 64 * MiB; at += MiB) {
			if (at === 60 * MiB) truncateSync(`${place.path}.part`, 8 * MiB)
			await place.sink.write(at, written, { crc: false })
		}
		await expect(place.sink.publish(64 * MiB)).rejects.toThrow(/was cut while it was written/)
		await place.sink.close()
	})
})
