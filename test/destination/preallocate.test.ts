import { truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { preallocate } from '../../src/destination/preallocate.ts'
import type { Disk, DiskFile } from '../../src/disk/contract.ts'
import { fileSystems } from '../../src/disk/file-systems.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { tempDir } from '../support/temp-dir.ts'
import { destinationIn, newFile, openPlace } from './disk.ts'

const MiB = 1024 * 1024
const long = newFile({ bytes: 64 * MiB })

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

test('nor is room for more than is put aside in a moment', async () => {
	expect(await putAside(fileSystems.xfs, 256 * 1024 * MiB)).toBe(256 * 1024 * MiB)
	expect(await putAside(fileSystems.xfs, 256 * 1024 * MiB + 1)).toBe(0)
})

test.each(['tmpfs', 'btrfs', 'zfs', 'overlayfs'] as const)('nothing is put aside on %s', async name => {
	expect(await putAside(fileSystems[name], 64 * MiB)).toBe(0)
})

test('nothing is put aside on a file system that does not say what it is', async () => {
	expect(await putAside(new Error('EIO'), 64 * MiB)).toBe(0)
})

/** This machine's disk as one of ext4, with what is done to a `.part` beside its bytes. */
function ext4(watch: (part: DiskFile) => Partial<DiskFile> = () => ({})): Disk {
	const disk = createSystemDisk()
	return Object.assign(createSystemDisk(), {
		space: async () => ({ freeBytes: undefined, fileSystem: fileSystems.ext }),
		create: async (path: string) => {
			const file = await disk.create(path)
			return path.endsWith('.part') ? Object.assign(file, watch(file)) : file
		},
	})
}

test('a long file has its room before it has its length', async () => {
	await using folder = await tempDir()
	const done: string[] = []
	const disk = ext4(part => {
		const truncate = part.truncate.bind(part)
		return {
			allocate: async bytes => void done.push(`allocate ${bytes}`),
			truncate: bytes => {
				done.push(`truncate ${bytes}`)
				return truncate(bytes)
			},
		}
	})
	const place = await openPlace(destinationIn(folder.path, { disk }), long)
	expect(done).toEqual([`allocate ${64 * MiB}`, `truncate ${64 * MiB}`])
	await place.sink.discard()
})

test('a file whose journal cannot be begun is closed when its room is put aside, and not before', async () => {
	await using folder = await tempDir()
	const done: string[] = []
	let putAside = (): void => {}
	const disk = ext4(part => {
		const close = part.close.bind(part)
		return {
			allocate: () =>
				new Promise(resolve => {
					putAside = () => {
						done.push('put aside')
						resolve()
					}
				}),
			close: () => {
				done.push('closed')
				return close()
			},
		}
	})
	const failing = Object.assign(disk, {
		rename: async () => {
			setImmediate(putAside)
			throw Object.assign(new Error('no more names'), { code: 'EIO', syscall: 'rename' })
		},
	})
	await expect(destinationIn(folder.path, { disk: failing }).open(long)).rejects.toMatchObject({ code: 'E_IO' })
	expect(done).toEqual(['put aside', 'closed'])
})

test('a long file that was cut and grew again is told from one that is whole', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path, { disk: ext4() }), long)
	const written = new Uint8Array(MiB).fill(1)
	for (let at = 0; at < 64 * MiB; at += MiB) {
		if (at === 60 * MiB) truncateSync(`${place.path}.part`, 8 * MiB)
		await place.sink.write(at, written, { crc: false })
	}
	await expect(place.sink.publish(64 * MiB)).rejects.toThrow(/was cut while it was written/)
	await place.sink.close()
})
