import { describe, expect, test } from 'vitest'
import { plainSpec } from '../support/plain-spec.ts'
import { type Download, expectBytes, expectNothingLeft, runToEnd, version, World } from '../support/scripted/world.ts'

const mb = 1_000_000

/** A line that could bring a hundred times what is asked of it. */
const fastWorld = (bytes: number, limitBytesPerSecond?: number): World =>
	new World({
		version: version(bytes),
		bytesPerSecond: 100 * mb,
		...(limitBytesPerSecond === undefined ? {} : { limitBytesPerSecond }),
	})

const setLimit = (world: World, bytesPerSecond: number | undefined): void =>
	world.governor.setLimits({ ...world.governor.limits, bytesPerSecond })

/** How much came in each tenth of a second from now on. */
function watchTenths(world: World, received: () => number = () => world.transport.delivered) {
	const tenths: number[] = []
	let before = received()
	const timer = world.clock.every(100, () => {
		tenths.push(received() - before)
		before = received()
	})
	return { tenths, stop: () => timer.stop() }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('a limit', () => {
	test.each([
		[1, 2 * mb],
		[8, 2 * mb],
		[1, 200_000],
		[8, 200_000],
		[32, 10_000],
		[4, 1000],
	])(
		'on %i connections of %i bytes a second is kept to a hundredth over ten seconds, without bursts',
		async (lanes, rate) => {
			const world = fastWorld(12 * rate, rate)
			const download = world.start({ connections: lanes })
			await world.clock.advance(1000)
			const { tenths, stop } = watchTenths(world)
			await world.clock.advance(10_000)
			stop()
			expect(sum(tenths) / (10 * rate)).toBeGreaterThan(0.99)
			expect(sum(tenths) / (10 * rate)).toBeLessThan(1.01)
			expect(Math.max(...tenths)).toBeLessThanOrEqual(1.3 * (rate / 10))
			expect(Math.min(...tenths)).toBeGreaterThanOrEqual(0.7 * (rate / 10))
			download.run.command({ kind: 'cancel', reason: new Error('enough') })
			await world.end(download).catch(() => {})
			expectNothingLeft(world, download)
		},
	)

	test('is what a whole download takes its time from, and auto leaves it at one connection', async () => {
		const file = version(10 * mb)
		const world = new World({ version: file, bytesPerSecond: 100 * mb, limitBytesPerSecond: mb })
		const result = expectBytes(await runToEnd(world, { connections: 'auto' }), file)
		expect(result.durationMs).toBeGreaterThan(9_800)
		expect(result.durationMs).toBeLessThan(10_200)
		expect(result.connectionsPeak).toBe(1)
		expect(result.verdict).toMatchObject({ bottleneck: 'limit' })
	})

	test('is climbed to where each connection is capped, and no further', async () => {
		const file = version(24 * mb)
		const world = new World({ version: file, bytesPerSecond: mb, limitBytesPerSecond: 3 * mb })
		const result = expectBytes(await runToEnd(world, { connections: 'auto' }), file)
		expect(result.durationMs).toBeLessThan(9_500)
		expect(result.connectionsPeak).toBeLessThanOrEqual(8)
		expect(result.verdict).toMatchObject({ bottleneck: 'limit' })
	})

	test('that is not reached costs nothing and is no verdict', async () => {
		const file = version(10 * mb)
		const free = new World({ version: file, lineBytesPerSecond: mb, bytesPerSecond: 100 * mb })
		const limited = new World({
			...{ version: file, lineBytesPerSecond: mb, bytesPerSecond: 100 * mb },
			limitBytesPerSecond: 1.2 * mb,
		})
		const without = expectBytes(await runToEnd(free, { connections: 2 }), file)
		const result = expectBytes(await runToEnd(limited, { connections: 2 }), file)
		expect(result.durationMs).toBeLessThan(without.durationMs + 50)
		expect(result.verdict.bottleneck).toBe('too-short-to-tell')
	})

	test('so small that lanes wait for longer than a stall may last trips no timer', async () => {
		const file = version(120)
		const world = new World({ version: file, bytesPerSecond: mb, limitBytesPerSecond: 1 })
		const asking = { ...plainSpec.asking, stallTimeoutMs: 3000 }
		const { download, ...ending } = await runToEnd(world, { connections: 4, minSplitBytes: 20, asking })
		const result = expectBytes(ending, file)
		expect(result.connectionsPeak).toBe(4)
		expect(result.durationMs).toBeGreaterThan(115_000)
		expect(result.durationMs).toBeLessThan(125_000)
		expect(download.events.map(({ event }) => event)).not.toContain('retry')
	})

	test('does not keep memory that others wait for: a lane that waits for its turn has one block', async () => {
		// Blocks of 4 KiB, and as many as there are lanes.
		const world = new World({
			...{ version: version(mb), bytesPerSecond: 100 * mb },
			...{ limitBytesPerSecond: 100_000, blocksBytes: 5 * 4096 },
		})
		const first = world.start({ connections: 4 })
		await world.clock.advance(3000)
		const second = world.start({ connections: 1 })
		await world.clock.advance(1000)
		expect(second.run.snapshot().bytesDone).toBeGreaterThan(20_000)
		for (const { run } of [first, second]) run.command({ kind: 'cancel', reason: new Error('enough') })
		for (const download of [first, second]) await world.end(download).catch(() => {})
		expectNothingLeft(world, first, second)
	})
})

describe('a limit is shared', () => {
	test('between downloads equally, however many connections each has', async () => {
		const world = fastWorld(20 * mb, mb)
		const many = world.start({ connections: 8 })
		const one = world.start({ connections: 1 })
		await world.clock.advance(10_000)
		const [eight, single] = [many, one].map(({ run }) => run.snapshot().bytesDone) as [number, number]
		expect(single / (eight + single)).toBeGreaterThan(0.47)
		expect(single / (eight + single)).toBeLessThan(0.53)
		expect(eight + single).toBeLessThan(10.2 * mb)
		await stop(world, many, one)
	})

	test('between lanes equally', async () => {
		const world = fastWorld(20 * mb, mb)
		const download = world.start({ connections: 4 })
		await world.clock.advance(8000)
		const parts = download.run.snapshot().parts.map(({ start, end }) => end - start)
		expect(parts).toHaveLength(4)
		expect(Math.min(...parts) / Math.max(...parts)).toBeGreaterThan(0.95)
		await stop(world, download)
	})

	test('so that what one download cannot use is there for the others', async () => {
		const world = new World({
			version: version(20 * mb),
			limitBytesPerSecond: mb,
			script: ({ connection }, right) => ({ ...right, bytesPerSecond: connection === 1 ? 100_000 : 100 * mb }),
		})
		const slow = world.start()
		await world.clock.advance(100)
		const fast = world.start()
		await world.clock.advance(10_000)
		expect(slow.run.snapshot().bytesDone).toBeGreaterThan(0.95 * mb)
		expect(fast.run.snapshot().bytesDone).toBeGreaterThan(8.7 * mb)
		await stop(world, slow, fast)
	})
})

describe('a limit can be changed while downloads run', () => {
	test.each([1, 8])('from none to some, to other ones, and back to none, on %i connections', async connections => {
		const file = version(40 * mb)
		const world = new World({ version: file, bytesPerSecond: 4 * mb, lineBytesPerSecond: 4 * mb })
		const download = world.start({ connections })
		const during = async (bytesPerSecond: number | undefined): Promise<number> => {
			setLimit(world, bytesPerSecond)
			await world.clock.advance(1500)
			const { tenths, stop } = watchTenths(world)
			await world.clock.advance(2000)
			stop()
			return sum(tenths) / 2
		}
		expect(await during(undefined)).toBeGreaterThan(3.8 * mb)
		expect((await during(500_000)) / 500_000).toBeCloseTo(1, 1)
		expect((await during(2 * mb)) / (2 * mb)).toBeCloseTo(1, 1)
		expect((await during(20_000)) / 20_000).toBeCloseTo(1, 1)
		expect(await during(undefined)).toBeGreaterThan(3.8 * mb)
		expectBytes(await world.end(download), file)
		expectNothingLeft(world, download)
	})

	test('what is under way when a limit is set silences nobody for longer than a second', async () => {
		const world = new World({ version: version(10 * mb) })
		const download = world.start({ connections: 8 })
		await world.clock.advance(200)
		setLimit(world, 10_000)
		await world.clock.advance(1200)
		const { tenths, stop: stopWatching } = watchTenths(world)
		await world.clock.advance(1000)
		stopWatching()
		expect(Math.min(...tenths)).toBeGreaterThan(700)
		await stop(world, download)
	})
})

async function stop(world: World, ...downloads: readonly Download[]): Promise<void> {
	for (const { run } of downloads) run.command({ kind: 'cancel', reason: new Error('enough') })
	for (const download of downloads) await world.end(download).catch(() => {})
	expectNothingLeft(world, ...downloads)
}
