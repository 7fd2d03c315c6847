import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import type { DiskFile } from '../../src/disk/contract.ts'
import { Descriptor } from '../../src/disk/descriptor.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { createFileSink, type FilePlace } from '../../src/sink/file.ts'
import { sinkContract } from '../contract/sink.ts'
import { runTypescript } from '../destination/run-typescript.ts'
import { pseudoRandom } from '../support/body.ts'
import { tempDir } from '../support/temp-dir.ts'

const plain = { crc: false }

interface Trial {
	readonly path: string
	readonly calls: string[]
	readonly sink: ReturnType<typeof createFileSink>
}

const disk = createSystemDisk()

async function createSink(path: string): Promise<Trial> {
	return sinkOn(await disk.create(path), path)
}

/** On a device of which every system has one. */
async function openSink(path: string): Promise<Trial> {
	return sinkOn(await disk.open(path, 'read-write'), path)
}

function sinkOn(file: DiskFile, path: string): Trial {
	const calls: string[] = []
	const place: FilePlace = {
		publish: async synced => {
			calls.push(synced ? 'publish synced' : 'publish')
			return { path }
		},
		release: async () => void calls.push('release'),
		remove: async () => {
			calls.push('remove')
			await rm(path)
		},
		lost: () => calls.push('lost'),
	}
	const descriptor = new Descriptor(file, path)
	return { path, calls, sink: createFileSink({ descriptor, place, syncFromBytes: 1_000_000, mode: 0o640 }) }
}

sinkContract('the file sink', async () => {
	const folder = await tempDir()
	const { path, sink } = await createSink(join(folder.path, 'a.part'))
	return { sink, content: () => readFile(path), cleanUp: () => folder[Symbol.asyncDispose]() }
})

describe('the file sink', () => {
	test('publishing sets the mode, syncs what is long enough, and closes', async () => {
		await using folder = await tempDir()
		const small = await createSink(join(folder.path, 'small'))
		await small.sink.write(0, pseudoRandom(10), plain)
		expect(await small.sink.publish(10)).toEqual({ path: small.path })
		expect(small.calls).toEqual(['publish', 'release'])
		expect(statSync(small.path).mode & 0o777).toBe(0o640)
		const large = await createSink(join(folder.path, 'large'))
		await large.sink.write(0, pseudoRandom(1_000_000), plain)
		await large.sink.publish(1_000_000)
		expect(large.calls).toEqual(['publish synced', 'release'])
	})

	test('of two syncs at once neither counts where one fails: the system tells of a loss once', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'a')
		const endings: { resolve(): void; reject(error: Error): void }[] = []
		const file: DiskFile = Object.assign(await disk.create(path), {
			syncData: () => new Promise<void>((resolve, reject) => endings.push({ resolve, reject })),
		})
		const { sink, calls } = sinkOn(file, path)
		const syncs = Promise.allSettled([sink.flush(), sink.flush()])
		endings[0]?.reject(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fdatasync' }))
		endings[1]?.resolve()
		expect((await syncs).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
		expect(calls).toEqual(['lost'])
		await sink.close()
	})

	test('what lies beyond the published length is cut off', async () => {
		await using folder = await tempDir()
		const { path, sink } = await createSink(join(folder.path, 'a'))
		await sink.write(0, pseudoRandom(1_000), plain)
		await sink.publish(600)
		expect(Buffer.compare(readFileSync(path), pseudoRandom(600))).toBe(0)
	})

	test('a discard deletes and lets go; after a close it deletes nothing', async () => {
		await using folder = await tempDir()
		const discarded = await createSink(join(folder.path, 'a'))
		await discarded.sink.discard()
		expect(discarded.calls).toEqual(['remove', 'release'])
		const closed = await createSink(join(folder.path, 'b'))
		await closed.sink.close()
		await closed.sink.discard()
		expect(closed.calls).toEqual(['release'])
	})

	test('a full disk is E_NO_SPACE, with what the system said', async () => {
		const { sink } = await openSink('/dev/full')
		await expect(sink.write(0, pseudoRandom(10), plain)).rejects.toMatchObject({
			code: 'E_NO_SPACE',
			details: { code: 'ENOSPC', syscall: 'write' },
			hint: expect.stringContaining('space'),
		})
		await sink.close()
	})

	test('a failed sync is final: every later flush and publish rejects with the same error, and it is told once', async () => {
		// The null device takes writes and refuses to sync.
		const { sink, calls } = await openSink('/dev/null')
		await sink.write(0, pseudoRandom(10), plain)
		const failure = await sink.flush().catch((error: unknown) => error)
		expect(failure).toMatchObject({ code: 'E_IO', details: { code: 'EINVAL', syscall: 'fdatasync' } })
		await expect(sink.flush()).rejects.toBe(failure)
		await expect(sink.publish(0)).rejects.toBe(failure)
		await sink.close()
		expect(calls).toEqual(['lost', 'release'])
	})

	test('a close with writes under way never writes into the file that is opened next', async () => {
		await using folder = await tempDir()
		const body = pseudoRandom(512 * 1024)
		for (let round = 0; round < 50; round++) {
			const first = await createSink(join(folder.path, `first-${round}`))
			const writes = Array.from({ length: 8 }, (_, index) => first.sink.write(index * body.length, body, plain))
			await first.sink.close()
			const next = await open(join(folder.path, `next-${round}`), 'w+')
			await Promise.all(writes)
			expect((await next.stat()).size).toBe(0)
			await next.close()
			await Promise.all([rm(first.path), rm(join(folder.path, `next-${round}`))])
		}
	})

	test('short writes are gone on with, and the allowed size of a file is E_NO_SPACE', async () => {
		await using folder = await tempDir()
		// 64 KiB: the write that crosses the limit is a short one, and the rest of it is refused.
		const { status, stdout, stderr } = await runTypescript('test/sink/write-beyond-limit.ts', {
			args: [join(folder.path, 'limited')],
			fileBlocksLimit: 64,
		})
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
		expect(JSON.parse(stdout)).toEqual({ code: 'E_NO_SPACE', system: 'EFBIG', size: 65_536 })
	})

	const tiny = tinyDisk()
	test.skipIf(tiny === undefined && process.env['CI'] !== 'true')(
		'on a disk that fills up, what fitted is there and the failure is E_NO_SPACE',
		async () => {
			if (tiny === undefined) throw new Error('No tmpfs can be mounted here')
			await using folder = await tempDir()
			const mountPoint = join(folder.path, 'tiny')
			await mkdir(mountPoint)
			expect(spawnSync('mount', [...tiny, mountPoint]).status).toBe(0)
			try {
				const { path, sink } = await createSink(join(mountPoint, 'a'))
				const body = pseudoRandom(3 * 256 * 1024)
				await sink.write(0, body, plain)
				const more = sink.write(body.length, pseudoRandom(512 * 1024, 2), plain)
				await expect(more).rejects.toMatchObject({ code: 'E_NO_SPACE', details: { code: 'ENOSPC' } })
				await sink.close()
				expect(Buffer.compare(readFileSync(path).subarray(0, body.length), body)).toBe(0)
			} finally {
				expect(spawnSync('umount', [mountPoint]).status).toBe(0)
			}
		},
	)
})

/** How to mount a disk of 1 MiB; undefined where we may not. */
function tinyDisk(): string[] | undefined {
	const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'])
	return probe.status === 0 ? ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'] : undefined
}
