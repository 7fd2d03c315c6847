import { describe, expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { RangeSet } from '../../src/model/range-set.ts'
import type { Script } from '../support/scripted/server.ts'
import type { WatchedDestination } from '../support/scripted/watched-destination.ts'
import {
	type Download,
	destinationWith,
	expectBytes,
	expectFailure,
	expectNothingLeft,
	runToEnd,
	version,
	World,
} from '../support/scripted/world.ts'
import { seeded } from '../support/seeded.ts'

const mb = 1_000_000
const file = version(4 * mb)
const aborted = new DownloadError('E_ABORTED', 'enough')

const cancel = (download: Download): void => download.run.command({ kind: 'cancel', reason: aborted })

describe('a download that is cancelled', () => {
	test('at any moment gives everything back, and a later run goes on from it', async () => {
		const random = seeded(7)
		for (let round = 0; round < 200; round++) {
			const atMs = random() * 1300
			const connections = 1 + Math.floor(random() * 8)
			const small = version(1 * mb)
			const world = new World({ version: small, seed: round, settlesAfterMs: Math.floor(random() * 20) })
			const destination = world.destination({ writeMs: Math.floor(random() * 5), flushMs: 3 })
			const download = world.start({ connections }, destination)
			world.clock.after(atMs, () => cancel(download))
			const ending = await world.end(download)
			await world.clock.advance(2000)
			expectNothingLeft(world, download)
			if (ending.kind === 'done') continue
			expect(ending.error).toBe(aborted)
			await goOn(world, destination, small)
		}
	})

	test('while it waits for its turn leaves the queue', async () => {
		const world = new World({ version: file, maxPerHost: 1 })
		const first = world.start()
		const second = world.start()
		world.clock.after(500, () => cancel(second))
		expect(expectFailure(await world.end(second))).toBe(aborted)
		expect(world.clock.now()).toBe(500)
		expectBytes(await world.end(first), file)
		expectNothingLeft(world, first, second)
	})

	test('while a disk that hangs holds its blocks waits for the disk', async () => {
		const world = new World({ version: file })
		const download = world.start({ connections: 2 }, world.destination({ writeMs: 30_000 }))
		world.clock.after(500, () => cancel(download))
		expect(expectFailure(await world.end(download))).toBe(aborted)
		expectNothingLeft(world, download)
	})
})

describe('a download that is paused', () => {
	test('gives its connections up and goes on from its bytes', async () => {
		const world = new World({ version: file })
		const download = world.start({ connections: 4 })
		await world.clock.advance(500)
		download.run.command({ kind: 'pause' })
		await world.clock.advance(1000)
		expect(download.run.snapshot()).toMatchObject({ state: 'paused', connections: 0 })
		expect(world.leftOpen()).toMatchObject({ leases: 0, blocks: 0, exchanges: 0 })
		const { bytesDone } = download.run.snapshot()
		expect(bytesDone).toBeGreaterThan(1.5 * mb)
		await world.clock.advance(60_000)
		expect(download.run.snapshot().bytesDone).toBe(bytesDone)
		download.run.command({ kind: 'resume' })
		const result = expectBytes(await world.end(download), file)
		expect(result.bytesReceived).toBeLessThan(1.02 * file.body.length)
		expectNothingLeft(world, download)
	})

	test('before its first answer stays paused', async () => {
		const world = new World({ version: file, headAfterMs: 1000 })
		const download = world.start({ connections: 4 })
		download.run.command({ kind: 'pause' })
		await world.clock.advance(5000)
		expect(download.run.snapshot().state).toBe('paused')
		expect(world.leftOpen()).toMatchObject({ leases: 0, exchanges: 0 })
		download.run.command({ kind: 'resume' })
		expectBytes(await world.end(download), file)
		expectNothingLeft(world, download)
	})

	test.each([
		['ranges', false, '"v1"'],
		['a validator', true, undefined],
	])('starts again where there is nothing to go on with: the server has not %s', async (_what, ranges, etag) => {
		const world = new World({ version: { ...file, etag }, ranges })
		const download = world.start({ connections: 4 })
		await world.clock.advance(2000)
		download.run.command({ kind: 'pause' })
		await world.clock.advance(1000)
		download.run.command({ kind: 'resume' })
		expectBytes(await world.end(download), file)
		expectNothingLeft(world, download)
	})

	test('and resumed at random moments has the right bytes', async () => {
		const random = seeded(3)
		for (let round = 0; round < 30; round++) {
			const world = new World({ version: file, seed: round, settlesAfterMs: round % 7 })
			const download = world.start({ connections: 1 + (round % 6) })
			for (let atMs = 0; atMs < 2000; atMs += random() * 400) {
				world.clock.after(atMs, () => download.run.command({ kind: random() < 0.5 ? 'pause' : 'resume' }))
			}
			world.clock.after(2500, () => download.run.command({ kind: 'resume' }))
			expectBytes(await world.end(download), file)
			await world.clock.advance(3000)
			expectNothingLeft(world, download)
		}
	})

	test('can be cancelled', async () => {
		const world = new World({ version: file })
		const download = world.start({ connections: 4 })
		await world.clock.advance(500)
		download.run.command({ kind: 'pause' })
		await world.clock.advance(500)
		cancel(download)
		expect(expectFailure(await world.end(download))).toBe(aborted)
		expectNothingLeft(world, download)
	})
})

describe('the number of connections', () => {
	test('can be raised while it runs', async () => {
		const world = new World({ version: version(16 * mb) })
		const download = world.start({ connections: 1 })
		await world.clock.advance(1000)
		download.run.command({ kind: 'set-connections', connections: 8 })
		const result = expectBytes(await world.end(download), version(16 * mb))
		expect(result.durationMs).toBeLessThan(3300)
		expectNothingLeft(world, download)
	})

	test('can be lowered while it runs, without a cut', async () => {
		const world = new World({ version: version(16 * mb) })
		const download = world.start({ connections: 8, minSplitBytes: 200_000 })
		await world.clock.advance(500)
		download.run.command({ kind: 'set-connections', connections: 2 })
		const result = expectBytes(await world.end(download), version(16 * mb))
		expect(result.bytesReceived).toBeLessThan(1.02 * 16 * mb)
		expectNothingLeft(world, download)
	})

	test('is shared by all downloads of a host', async () => {
		const script: Script = (_asked, right) => right
		const world = new World({ version: file, maxPerHost: 4, script })
		const downloads = [1, 2, 3].map(() => world.start({ connections: 4 }))
		for (const download of downloads) expectBytes(await world.end(download), file)
		expect(world.transport.mostBusy).toBe(4)
		expect(world.clock.now()).toBeLessThan(4000)
		expectNothingLeft(world, ...downloads)
	})

	test('is given up in part for a download that has none', async () => {
		const world = new World({ version: version(40 * mb), maxPerHost: 4 })
		const long = world.start({ connections: 1 })
		await world.clock.advance(1000)
		// Their rate is known by now, and what they claim is bounded to four seconds of it.
		long.run.command({ kind: 'set-connections', connections: 4 })
		await world.clock.advance(500)
		const short = world.start({ maxTimeMs: 7000 })
		expect(expectFailure(await world.end(short)).code).toBe('E_TIMEOUT')
		expect(short.events.map(({ event }) => event)).toContain('probed')
		expectBytes(await world.end(long), version(40 * mb))
		expectNothingLeft(world, long, short)
	})

	test('may be more than there are blocks for', async () => {
		const world = new World({ version: file, blocksBytes: 3 * 4096 })
		expectBytes(await runToEnd(world, { connections: 8 }), file)
	})

	test('is shared by auto downloads of a host', async () => {
		const world = new World({ version: file, maxPerHost: 4 })
		const downloads = [1, 2, 3].map(() => world.start({ connections: 'auto' }))
		for (const download of downloads) expectBytes(await world.end(download), file)
		expect(world.transport.mostBusy).toBeLessThanOrEqual(4)
		expectNothingLeft(world, ...downloads)
	})
})

/** Runs it again in another process: it finds what was left, and fetches no more than was missing. */
async function goOn(before: World, destination: WatchedDestination, file: ReturnType<typeof version>): Promise<void> {
	const left = await destination.left()
	if (left === undefined) return
	const world = new World({ version: before.server.version })
	const ending = await runToEnd(world, { connections: 4 }, destinationWith(world, left))
	const { resumedFrom, bytesReceived } = expectBytes(ending, file)
	expect(bytesReceived).toBeLessThan(file.body.length - resumedFrom + 50_000)
	expect(resumedFrom).toBe(new RangeSet(left.state.records.map(({ range }) => range)).bytes)
	const synced = new RangeSet(destination.place?.journal?.afterPowerCut()?.records.map(({ range }) => range))
	expect(synced.bytes).toBe(resumedFrom)
}
