import { describe, expect, test } from 'vitest'
import { Checkpoint } from '../../src/engine/checkpoint.ts'
import type { JournalHeader } from '../../src/journal/contract.ts'
import { createMemoryJournal } from '../../src/journal/memory.ts'
import { SegmentMap } from '../../src/model/segment-map.ts'
import { FakeClock } from '../support/fake-clock.ts'

const mib = 1024 * 1024
const bytes = 256 * mib

/** A disk that syncs when it is told to, and a map that is filled from the front. */
class Disk {
	readonly clock = new FakeClock()
	readonly map = new SegmentMap(bytes)
	readonly journal = createMemoryJournal()
	readonly failures: unknown[] = []
	readonly checkpoint: Checkpoint
	/** Syncs that are under way, by what ends them. */
	readonly syncing: { resolve: () => void; reject: (error: unknown) => void }[] = []
	confirmed: () => Promise<void> = async () => {}
	begun = 0
	readonly #claim = this.map.claim({ start: 0, end: bytes })

	constructor() {
		const place = {
			journal: this.journal,
			sink: { flush: () => this.#flush() },
			confirm: () => this.confirmed(),
		}
		this.checkpoint = new Checkpoint(this.map, place, this.clock, error => this.failures.push(error))
	}

	async begin(): Promise<this> {
		await this.journal.begin({ bytes } as JournalHeader)
		return this
	}

	/** Comes, and is written, with nobody told. */
	write(more: number): { start: number; end: number } {
		const start = this.#claim.position
		this.map.advance(this.#claim, more)
		this.map.markWritten(this.#claim, { start, end: start + more })
		return { start, end: start + more }
	}

	async synced(): Promise<void> {
		this.syncing.shift()?.resolve()
		await this.clock.advance(0)
	}

	get recordedBytes(): number {
		return this.journal.afterPowerCut()?.records.reduce((sum, { range }) => sum + range.end - range.start, 0) ?? 0
	}

	#flush(): Promise<void> {
		this.begun += 1
		return new Promise((resolve, reject) => this.syncing.push({ resolve, reject }))
	}
}

/** With a checkpoint of the first 32 MiB under way. */
async function syncingDisk(): Promise<Disk> {
	const disk = await new Disk().begin()
	disk.write(32 * mib)
	disk.checkpoint.tick()
	return disk
}

describe('a checkpoint', () => {
	test('is due after 32 MiB, or after two seconds with anything new', async () => {
		const disk = await new Disk().begin()
		disk.write(32 * mib - 1)
		disk.checkpoint.tick()
		expect(disk.begun).toBe(0)
		disk.write(1)
		disk.checkpoint.tick()
		expect(disk.begun).toBe(1)
		await disk.synced()
		disk.write(1)
		await disk.clock.advance(1_999)
		disk.checkpoint.tick()
		expect(disk.begun).toBe(1)
		await disk.clock.advance(1)
		disk.checkpoint.tick()
		expect(disk.begun).toBe(2)
	})

	test('follows the one before at once where as much has come meanwhile, with one sync at a time', async () => {
		const disk = await syncingDisk()
		disk.write(40 * mib)
		disk.checkpoint.tick()
		expect(disk.begun).toBe(1)
		await disk.synced()
		expect([disk.begun, disk.syncing.length]).toEqual([2, 1])
		await disk.synced()
		expect([disk.begun, disk.syncing.length, disk.recordedBytes]).toEqual([2, 0, 72 * mib])
	})

	test('has its records synced by the last of a row, and after a quarter of a second in a longer one', async () => {
		const disk = await syncingDisk()
		disk.write(32 * mib)
		await disk.synced()
		expect([disk.begun, disk.recordedBytes]).toEqual([2, 0])
		disk.write(32 * mib)
		await disk.clock.advance(250)
		await disk.synced()
		expect([disk.begun, disk.recordedBytes]).toEqual([3, 64 * mib])
		await disk.synced()
		expect([disk.begun, disk.recordedBytes]).toEqual([3, 96 * mib])
	})

	test('records only what was written before its sync began', async () => {
		const disk = await syncingDisk()
		disk.write(mib)
		await disk.synced()
		expect(disk.recordedBytes).toBe(32 * mib)
	})

	test('that is due by its bytes does not wait for a tick', async () => {
		const disk = await new Disk().begin()
		disk.checkpoint.written(disk.write(31 * mib), undefined)
		expect(disk.begun).toBe(0)
		disk.checkpoint.written(disk.write(mib), undefined)
		expect(disk.begun).toBe(1)
	})

	test('has no successor once the transfer is over', async () => {
		const disk = await syncingDisk()
		disk.write(64 * mib)
		const settled = disk.checkpoint.settled()
		await disk.synced()
		await settled
		expect(disk.begun).toBe(1)
	})

	test('records nothing in a file that was taken by another, and waits for its sync before it says so', async () => {
		const disk = await new Disk().begin()
		disk.confirmed = () => Promise.reject(new Error('taken'))
		disk.write(32 * mib)
		disk.checkpoint.tick()
		await disk.clock.advance(0)
		expect(disk.failures).toEqual([])
		await disk.synced()
		expect([disk.failures, disk.recordedBytes]).toEqual([[new Error('taken')], 0])
	})

	test('that covered something has it recorded for good, though the sync after it fails', async () => {
		const disk = await syncingDisk()
		disk.write(64 * mib)
		await disk.synced()
		disk.syncing.shift()?.reject(new Error('no space'))
		await disk.clock.advance(0)
		const finished = disk.checkpoint.finish()
		await disk.clock.advance(0)
		disk.syncing.shift()?.reject(new Error('no space'))
		await expect(finished).rejects.toThrow('no space')
		expect(disk.recordedBytes).toBe(32 * mib)
	})

	test('that fails is the last one by itself, and records nothing', async () => {
		const disk = await syncingDisk()
		disk.write(64 * mib)
		disk.syncing.shift()?.reject(new Error('no space'))
		await disk.clock.advance(0)
		expect([disk.failures, disk.recordedBytes, disk.begun]).toEqual([[new Error('no space')], 0, 1])
	})
})
