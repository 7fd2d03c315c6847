import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createSystemDisk } from '../../src/disk/system.ts'
import type { Hashing } from '../../src/verify/contract.ts'
import { startFileHashing } from '../../src/verify/file-hashing.ts'
import { destinationIn, newFile, openPlace } from '../destination/disk.ts'
import { RefusedThread } from '../support/refused-thread.ts'
import { tempDir } from '../support/temp-dir.ts'

const MiB = 1024 * 1024

vi.mock(import('node:worker_threads'), async original => ({
	...(await original()),
	Worker: (await import('../support/refused-thread.ts')).RefusedThread as never,
}))

beforeEach(() => {
	RefusedThread.asked = 0
})

/** Of a file that holds 5 bytes so far. */
async function begin(expectedBytes: number): Promise<Hashing> {
	const folder = await tempDir()
	onTestFinished(() => folder[Symbol.asyncDispose]())
	const path = join(folder.path, 'file.part')
	writeFileSync(path, 'short')
	const disk = createSystemDisk()
	const file = (await disk.lookThrough(path)).identity
	return startFileHashing({ disk, path, file, algorithms: ['md5'], expectedBytes })
}

async function untilAsked(): Promise<void> {
	while (RefusedThread.asked === 0) await new Promise(setImmediate)
}

test('a file that will be long has its thread before the front moves', async () => {
	const hashing = await begin(16 * MiB)
	await untilAsked()
	await hashing.close()
	expect(RefusedThread.asked).toBe(1)
})

test('one that will be too short to pay for a thread has none', async () => {
	const hashing = await begin(16 * MiB - 1)
	await hashing.finish(5)
	await hashing.close()
	expect(RefusedThread.asked).toBe(0)
})

test('a place says how long its file will be', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path), newFile({ bytes: 16 * MiB }))
	const hashing = place.hash(['md5'])
	await untilAsked()
	await hashing.close()
	await place.sink.discard()
	expect(RefusedThread.asked).toBe(1)
})
