import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { createSystemDisk } from '../../src/disk/system.ts'
import { startFileHashing } from '../../src/verify/file-hashing.ts'
import { destinationIn, newFile, openPlace } from '../destination/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

const MiB = 1024 * 1024

/** Told when a thread is asked for. */
let asked: () => void = () => {}
let threads = 0

vi.mock(import('node:worker_threads'), async original => ({
	...(await original()),
	Worker: class {
		constructor() {
			threads += 1
			asked()
			throw new Error('it is enough to know that there would be one')
		}
	} as never,
}))

beforeEach(() => {
	threads = 0
})

function untilAsked(): Promise<void> {
	return new Promise(resolve => {
		asked = resolve
	})
}

test('a file that will be long has its thread before its first byte', async () => {
	await using folder = await tempDir()
	const path = join(folder.path, 'file.part')
	writeFileSync(path, '')
	const disk = createSystemDisk()
	const file = (await disk.lookThrough(path)).identity
	const started = untilAsked()
	const hashing = startFileHashing({ disk, path, file, algorithms: ['md5'], expectedBytes: 16 * MiB })
	await started
	await hashing.close()
	expect(threads).toBe(1)
})

test('one that will be too short to pay for a thread has none', async () => {
	await using folder = await tempDir()
	const path = join(folder.path, 'file.part')
	writeFileSync(path, 'short')
	const disk = createSystemDisk()
	const file = (await disk.lookThrough(path)).identity
	const hashing = startFileHashing({ disk, path, file, algorithms: ['md5'], expectedBytes: 16 * MiB - 1 })
	await hashing.finish(5)
	await hashing.close()
	expect(threads).toBe(0)
})

test('a place says how long its file will be', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path), newFile({ bytes: 16 * MiB }))
	const started = untilAsked()
	const hashing = place.hash(['md5'])
	await started
	await hashing.close()
	await place.sink.discard()
	expect(threads).toBe(1)
})
