import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/base/clock.ts'
import type { Disk } from '../../src/disk/contract.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import type { HostMemory } from '../../src/hosts/contract.ts'
import { type HostMemoryParts, openHostMemory } from '../../src/hosts/file.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { tempDir } from '../support/temp-dir.ts'

const place = { folders: ['/cache', '/cache/skein'], file: '/cache/skein/hosts.jsonl' }
const nothing = { cap: undefined, paid: undefined }
const four = { cap: 4, paid: 4 }

let names = 0
const partsOf = (disk: Disk, clock: Clock = new FakeClock()): HostMemoryParts => ({
	...place,
	disk,
	clock,
	nonce: () => `new-${++names}`,
})

const open = async (disk: Disk, clock?: Clock): Promise<HostMemory> => {
	const memory = openHostMemory(partsOf(disk, clock))
	await memory.settled()
	return memory
}

const learned = async (memory: HostMemory, host = 'example.org'): Promise<void> => {
	memory.learn(host, four)
	await memory.settled()
}

describe('a memory of hosts', () => {
	test('begins with nothing, in folders that it makes', async () => {
		const volume = new Volume()
		const memory = await open(volume.process())
		expect(memory.recall('example.org')).toEqual(nothing)
		await learned(memory)
		expect(volume.paths()).toEqual(['/cache', '/cache/skein', '/cache/skein/hosts.jsonl'])
	})

	test('is there for the next process', async () => {
		const volume = new Volume()
		await learned(await open(volume.process()))
		expect((await open(volume.process())).recall('example.org')).toEqual(four)
	})

	test('knows at once what this process has learned', async () => {
		const memory = openHostMemory(partsOf(new Volume().process()))
		memory.learn('example.org', four)
		expect(memory.recall('example.org')).toEqual(four)
		expect(memory.recall('example.net')).toEqual(nothing)
		await memory.settled()
	})

	test('keeps of a later download what it learned, and of the earlier the rest', async () => {
		const memory = await open(new Volume().process())
		memory.learn('example.org', { cap: 4, paid: undefined })
		memory.learn('example.org', { cap: undefined, paid: 2 })
		expect(memory.recall('example.org')).toEqual({ cap: 4, paid: 2 })
		await memory.settled()
	})

	test('fades', async () => {
		const volume = new Volume()
		const clock = new FakeClock()
		await learned(await open(volume.process(), clock))
		clock.moveWall(7 * 86_400_000)
		expect((await open(volume.process(), clock)).recall('example.org')).toEqual({ cap: 8, paid: 2 })
		clock.moveWall(24 * 86_400_000)
		const forgotten = await open(volume.process(), clock)
		await learned(forgotten, 'example.net')
		expect(new TextDecoder().decode(volume.read(place.file))).not.toContain('example.org')
	})

	test('is of all processes that write it in turn', async () => {
		const volume = new Volume()
		const [one, other] = [await open(volume.process()), await open(volume.process())]
		await learned(one, 'one.example')
		await learned(other, 'other.example')
		const next = await open(volume.process())
		expect([next.recall('one.example'), next.recall('other.example')]).toEqual([four, four])
	})

	test('holds together when processes write at once: a lesson may be lost, and the file is whole', async () => {
		const volume = new Volume()
		const memories = await Promise.all([1, 2, 3, 4].map(() => open(volume.process())))
		for (let round = 0; round < 8; round++) {
			for (const [index, memory] of memories.entries()) memory.learn(`${round}-${index}.example`, four)
			await Promise.all(memories.map(memory => memory.settled()))
		}
		for (const line of new TextDecoder().decode(volume.read(place.file)).trim().split('\n')) JSON.parse(line)
		const known = await open(volume.process())
		expect(memories.some((_, index) => known.recall(`7-${index}.example`).cap === 4)).toBe(true)
		expect(volume.paths()).toEqual([...place.folders, place.file])
	})

	test('is a file of its owner alone on a real disk, with nothing left beside it', async () => {
		await using folder = await tempDir()
		const file = join(folder.path, 'skein', 'hosts.jsonl')
		const real = { folders: [folder.path, join(folder.path, 'skein')], file }
		const memory = openHostMemory({ ...partsOf(createSystemDisk()), ...real })
		await learned(memory)
		memory.learn('example.net', { cap: undefined, paid: 32 })
		await memory.settled()
		expect(await readdir(join(folder.path, 'skein'))).toEqual(['hosts.jsonl'])
		expect((await stat(file)).mode & 0o777).toBe(0o600)
		expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(2)
	})
})

describe('nothing that becomes of the file is an error', () => {
	const encoded = (text: string): Uint8Array => new TextEncoder().encode(text)

	test.each<[string, (volume: Volume) => void]>([
		['empty', volume => volume.put(place.file, encoded(''))],
		['torn', volume => volume.put(place.file, encoded('{"host":"example.org","cap":{"conn'))],
		['zeros, as a power cut leaves', volume => volume.put(place.file, new Uint8Array(4096))],
		['larger than it can have become', volume => volume.put(place.file, encoded('{"host":"a"}\n'.repeat(30_000)))],
		['a link to something else', volume => volume.symlink('/elsewhere', place.file)],
	])('%s: it is begun anew', async (_, prepare) => {
		const volume = new Volume()
		for (const folder of place.folders) volume.makeFolder(folder)
		prepare(volume)
		const memory = await open(volume.process())
		expect(memory.recall('example.org')).toEqual(nothing)
		await learned(memory)
		expect((await open(volume.process())).recall('example.org')).toEqual(four)
	})

	test('a folder that is a file: this process remembers, and nobody else', async () => {
		const volume = new Volume()
		volume.put('/cache', encoded('in the way'))
		const memory = await open(volume.process())
		await learned(memory)
		expect(memory.recall('example.org')).toEqual(four)
		expect((await open(volume.process())).recall('example.org')).toEqual(nothing)
	})

	test.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO', 'EMFILE'])(
		'%s at any one call, or at every call: this process remembers, and what was there stays whole',
		async code => {
			const calls = await callsOfOneLesson()
			for (let failing = 1; failing <= calls + 1; failing++) {
				const volume = new Volume()
				await learned(await open(volume.process()), 'before.example')
				const fails = (nth: number): boolean => nth === failing || failing > calls
				const disk = new FailingDisk(volume.process(), ({ nth }) => (fails(nth) ? { code } : undefined))
				const memory = await open(disk)
				await learned(memory)
				expect(memory.recall('example.org')).toEqual(four)
				const next = await open(volume.process())
				expect(next.recall('before.example')).toEqual(four)
			}
		},
	)

	test('a process that is killed at any call leaves the old file or the new one', async () => {
		const volume = new Volume()
		await learned(await open(volume.process()), 'before.example')
		volume.settle()
		await learned(await open(volume.process()))
		for (let done = 0; done <= volume.log.length; done++) {
			const after = volume.asOf(done)
			expect((await open(after.process())).recall('before.example')).toEqual(four)
		}
	})

	test('is known once it is loaded', async () => {
		const volume = new Volume()
		await learned(await open(volume.process()))
		const memory = openHostMemory(partsOf(volume.process()))
		await memory.loaded()
		expect(memory.recall('example.org')).toEqual(four)
	})

	test('a disk that does not answer is waited for a tenth of a second at the beginning, and half a second at the end', async () => {
		const clock = new FakeClock()
		const disk = new Volume().process()
		const never = new Proxy(disk, { get: () => () => new Promise(() => {}) })
		const memory = openHostMemory(partsOf(never, clock))
		await clock.runUntil(memory.loaded())
		expect(clock.now()).toBe(100)
		memory.learn('example.org', four)
		await clock.runUntil(memory.settled())
		expect(clock.now()).toBe(600)
	})
})

async function callsOfOneLesson(): Promise<number> {
	const volume = new Volume()
	await learned(await open(volume.process()), 'before.example')
	const disk = new FailingDisk(volume.process(), () => undefined)
	await learned(await open(disk))
	return disk.calls.length
}
