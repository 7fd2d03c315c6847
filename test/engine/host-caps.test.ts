import { describe, expect, test } from 'vitest'
import { type Asked, type Reply, type Script, statusReply } from '../support/scripted/server.ts'
import { type Download, expectBytes, expectNothingLeft, runToEnd, version, World } from '../support/scripted/world.ts'

const mb = 1_000_000
const file = version(48 * mb)
const idealMs = 12_000

/** How servers show that they take no more connections. */
const refusals: readonly [string, (right: Reply) => Reply][] = [
	['503', right => statusReply(right, 503)],
	['429', right => statusReply(right, 429)],
	['403', right => statusReply(right, 403)],
	['a reset', right => ({ ...right, fails: 'E_NETWORK' })],
	['silence', right => ({ ...right, headAfterMs: Number.POSITIVE_INFINITY })],
]

const cap = 4
const capped =
	(refuse: (right: Reply) => Reply): Script =>
	(asked, right) =>
		asked.busy > cap ? refuse(right) : right

const refused = (world: World): Asked[] => world.server.asked.filter(({ busy }) => busy > cap)

describe.each(refusals)('a host that answers a fifth connection by %s', (_, refuse) => {
	const script = capped(refuse)

	test('is downloaded from by four, with few requests beyond them', async () => {
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 'auto' }), file)
		expect(result.durationMs).toBeLessThan(1.3 * idealMs)
		expect(result.requests).toBeLessThan(40)
		// Four at once when the climb went from two to eight; then one at a time.
		expect(refused(world).length).toBeLessThanOrEqual(4 + 2)
		expect(result.verdict.bottleneck).toBe('server')
	})

	test('is asked by four at once in the next run', async () => {
		const first = new World({ version: file, script })
		expectBytes(await runToEnd(first, { connections: 'auto' }), file)
		const next = new World({ version: file, script }, first.memory)
		const download = next.start({ connections: 'auto' })
		await next.clock.advance(200)
		expect(download.run.snapshot().connections).toBe(4)
		await next.clock.advance(2000)
		expect(refused(next)).toEqual([])
		const result = expectBytes(await next.end(download), file)
		expect(result.durationMs).toBeLessThan(1.1 * idealMs)
		expect(refused(next).length).toBeLessThanOrEqual(2)
	})

	test('is asked for an exact number whatever was learned', async () => {
		const first = new World({ version: file, script })
		expectBytes(await runToEnd(first, { connections: 'auto' }), file)
		const next = new World({ version: file }, first.memory)
		const download = next.start({ connections: 6 })
		await next.clock.advance(200)
		expect(download.run.snapshot().connections).toBe(6)
		expectBytes(await next.end(download), file)
	})
})

describe('two downloads from a host that takes four', () => {
	const script = capped(right => statusReply(right, 503))

	test('have two each, and soon', async () => {
		const world = new World({ version: file, script })
		const downloads = [world.start({ connections: 'auto' }), world.start({ connections: 'auto' })]
		await world.clock.advance(8000)
		const bytes = downloads.map(({ run }) => run.snapshot().bytesDone)
		expect(downloads.map(({ run }) => run.snapshot().connections)).toEqual([2, 2])
		expect(Math.min(...bytes)).toBeGreaterThan(0.7 * Math.max(...bytes))
		await endAll(world, downloads)
		expect(world.clock.now()).toBeLessThan(1.3 * 2 * idealMs)
		expect(world.server.asked.length).toBeLessThan(80)
	})

	test('share it when one comes later, without a request too many', async () => {
		const world = new World({ version: file, script })
		const first = world.start({ connections: 'auto' })
		await world.clock.advance(2500)
		expect(first.run.snapshot().connections).toBe(4)
		const refusedBefore = refused(world).length
		const second = world.start({ connections: 'auto' })
		await world.clock.advance(9000)
		expect([first, second].map(({ run }) => run.snapshot().connections)).toEqual([2, 2])
		expect(refused(world).length - refusedBefore).toBeLessThanOrEqual(2)
		await endAll(world, [first, second])
	})
})

describe('a wait that the host asks one download for', () => {
	test('is kept by the others too: they go on with what they have, and open nothing more', async () => {
		const script: Script = ({ atMs }, right) =>
			atMs >= 1000 && atMs < 1100 ? statusReply(right, 429, { 'retry-after': '20' }) : right
		const world = new World({ version: file, script })
		const [one, refusedOne] = [world.start({ connections: 1 }), await later(world, 1050)]
		const climbing = await later(world, 450)
		await world.clock.advance(17_000)
		expect(climbing.run.snapshot().connections).toBe(1)
		await world.clock.advance(3500)
		expect(climbing.run.snapshot().connections).toBeGreaterThan(1)
		await endAll(world, [one, refusedOne, climbing])
	})

	const later = async (world: World, ms: number): Promise<Download> => {
		await world.clock.advance(ms)
		return world.start({ connections: 'auto' })
	}
})

describe('an outage', () => {
	test.each(['refused', 'reset', 'silent'] as const)('by which all connections are %s is no cap', async manner => {
		const world = new World({ version: file, outages: [{ fromMs: 1300, toMs: 9000, manner }] })
		const result = expectBytes(await runToEnd(world, { connections: 'auto' }), file)
		expect(world.memory.learned.map(({ cap }) => cap)).toEqual([undefined])
		expect(result.connectionsPeak).toBeGreaterThanOrEqual(16)
	})
})

describe('a refusal that passes', () => {
	test('is made good in seconds: what is tried doubles for as long as it is served', async () => {
		const script: Script = ({ busy, atMs }, right) => (busy > 1 && atMs < 1500 ? statusReply(right, 503) : right)
		const world = new World({ version: version(100 * mb), script })
		const download = world.start({ connections: 'auto' })
		await world.clock.advance(14_000)
		expect(download.run.snapshot().connections).toBeGreaterThanOrEqual(8)
		await endAll(world, [download])
	})
})

async function endAll(world: World, downloads: readonly Download[]): Promise<void> {
	for (const download of downloads) {
		const ending = await world.end(download)
		if (ending.kind === 'failed') throw ending.error
	}
	expectNothingLeft(world, ...downloads)
}
