import { describe, expect, test } from 'vitest'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'
import { FakeClock } from '../support/fake-clock.ts'

const ones = new Uint8Array(6000).fill(1)
const twos = new Uint8Array(6000).fill(2)

describe('a power cut', () => {
	test('leaves what was synced, whatever it does to the rest', async () => {
		const volume = new Volume()
		const disk = volume.process()
		const file = await disk.create('/a')
		await file.write(ones, 0)
		await file.syncData()
		await disk.syncFolder('/')
		await file.write(twos, 3000)
		expect(volume.powerCut(() => 'dropped').read('/a')).toEqual(ones)
		expect(volume.powerCut(() => 'kept').read('/a')).toEqual(volume.read('/a'))
	})

	test('tears a write at any byte, from either end, or leaves its length alone', async () => {
		const volume = new Volume()
		volume.put('/a', ones)
		volume.settle()
		const file = await volume.process().open('/a', 'read-write')
		await file.write(twos, 3000)
		const first = new Uint8Array([...ones.subarray(0, 3000), ...twos.subarray(0, 700), ...ones.subarray(3700)])
		expect(volume.powerCut(() => ({ first: 700 })).read('/a')).toEqual(first)
		const allBut = new Uint8Array([...ones, ...new Uint8Array(3000)])
		allBut.set(twos.subarray(5500), 8500)
		expect(volume.powerCut(() => ({ allBut: 5500 })).read('/a')).toEqual(allBut)
		expect(volume.powerCut(() => 'length').read('/a')).toEqual(new Uint8Array([...ones, ...new Uint8Array(3000)]))
	})

	test('takes the name of a file whose content was synced, or the content of one whose name was', async () => {
		const volume = new Volume()
		const disk = volume.process()
		await (await disk.create('/a')).write(ones, 0)
		const b = await disk.create('/b')
		await b.write(twos, 0)
		await b.syncData()
		const kept = volume.powerCut(({ operation }) => (operation.kind === 'create' ? 'kept' : 'dropped'))
		expect(kept.read('/a')).toEqual(new Uint8Array(0))
		expect(kept.read('/b')).toEqual(twos)
		expect(volume.powerCut(() => 'dropped').paths()).toEqual([])
	})

	test('moves a name that was renamed, or leaves it, and loses neither file', async () => {
		const volume = new Volume()
		volume.put('/old', ones)
		volume.put('/new', twos)
		volume.settle()
		await volume.process().rename('/new', '/old')
		const before = volume.powerCut(() => 'dropped')
		expect([before.read('/old'), before.read('/new')]).toEqual([ones, twos])
		const after = volume.powerCut(() => 'kept')
		expect([after.read('/old'), after.read('/new')]).toEqual([twos, undefined])
	})

	test('may undo what a sync covers until it has settled', async () => {
		const clock = new FakeClock()
		const volume = new Volume()
		volume.put('/a', ones)
		volume.settle()
		const disk = volume.process({ clock, latencyMs: call => (call === 'fdatasync' ? 10 : undefined) })
		const file = await disk.open('/a', 'read-write')
		await file.write(twos, 0)
		const syncing = file.syncData()
		await clock.advance(5)
		// Written while the sync is under way: nothing is promised for it.
		await file.write(ones.subarray(0, 10), 0)
		expect(volume.powerCut(() => 'dropped').read('/a')).toEqual(ones)
		await clock.advance(5)
		await syncing
		expect(volume.powerCut(() => 'dropped').read('/a')).toEqual(twos)
	})

	test('may take what a failed sync left behind, whatever later syncs say', async () => {
		const volume = new Volume()
		volume.put('/a', ones)
		volume.settle()
		let fails = true
		const disk = new FailingDisk(volume.process(), ({ name }) =>
			name === 'file.syncData' && fails ? { code: 'EIO' } : undefined,
		)
		const file = await disk.open('/a', 'read-write')
		await file.write(twos, 0)
		await expect(file.syncData()).rejects.toMatchObject({ code: 'EIO' })
		fails = false
		await file.write(new Uint8Array([9]), 10)
		await file.syncData()
		const expected = ones.slice()
		expected[10] = 9
		expect(volume.powerCut(() => 'dropped').read('/a')).toEqual(expected)
		expect(volume.powerCut(() => 'kept').read('/a')).toEqual(volume.read('/a'))
	})
})

describe('the death of a process', () => {
	test('leaves all that it wrote, frees its locks, and settles nothing', async () => {
		const volume = new Volume()
		const first = volume.process()
		const file = await first.create('/a')
		await file.write(ones, 0)
		expect(await first.lock(file)).toBeDefined()
		let settled = false
		void file.syncData().finally(() => {
			settled = true
		})
		first.kill()
		void file.write(twos, 0).finally(() => {
			settled = true
		})
		const second = volume.process()
		const again = await second.open('/a', 'read-write')
		expect(await second.lock(again)).toBeDefined()
		expect(settled).toBe(false)
		expect(volume.read('/a')).toEqual(ones)
	})
})

test('an inode number is reused at once, its birth time is not', async () => {
	const volume = new Volume()
	const disk = volume.process()
	const first = await disk.create('/a')
	const { identity } = await first.look()
	await first.close()
	await disk.unlink('/a')
	const second = await (await disk.create('/b')).look()
	expect(second.identity.inode).toBe(identity.inode)
	expect(second.identity.birthNs).not.toBe(identity.birthNs)
})

test('a full volume takes what fits, then nothing, and what is deleted makes room', async () => {
	const volume = new Volume({ capacityBytes: 8192 })
	const disk = volume.process()
	const file = await disk.create('/a')
	await file.truncate(1 << 20)
	expect(await file.write(ones, 4000)).toBe(4192)
	await expect(file.write(ones, 10_000)).rejects.toMatchObject({ code: 'ENOSPC' })
	expect(await file.write(ones, 5000)).toBe(3192)
	await disk.unlink('/a')
	expect((await disk.space('/')).freeBytes).toBe(0)
	await file.close()
	expect((await disk.space('/')).freeBytes).toBe(8192)
})

test('misuse is noted: overlapping writes, a close with something under way, a use after it', async () => {
	const volume = new Volume()
	const disk = volume.process()
	const file = await disk.create('/a')
	const writes = [file.write(ones, 0), file.write(twos, 5999)]
	await file.close()
	await Promise.allSettled(writes)
	await expect(file.write(ones, 0)).rejects.toMatchObject({ code: 'EBADF' })
	expect(disk.blamed).toEqual([
		'overlapping writes at 5999 (inode 11)',
		'closed with 2 calls under way (inode 11)',
		'write after close (inode 11)',
	])
})
