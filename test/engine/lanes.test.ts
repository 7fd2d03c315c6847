import { describe, expect, test } from 'vitest'
import { statusReply } from '../support/scripted/server.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

const mb = 1_000_000

describe('the lanes of a download', () => {
	test('one lane asks once and takes as long as its connection needs', async () => {
		const file = version(4 * mb)
		const world = new World({ version: file })
		const result = expectBytes(await runToEnd(world, { connections: 1 }), file)
		expect(world.server.asked).toHaveLength(1)
		expect(result.durationMs).toBeGreaterThan(3950)
		expect(result.durationMs).toBeLessThan(4150)
		expect(result.bytesReceived).toBe(file.body.length)
	})

	test('eight lanes take an eighth of the time and receive hardly a byte twice', async () => {
		const file = version(16 * mb)
		const world = new World({ version: file })
		const result = expectBytes(await runToEnd(world, { connections: 8 }), file)
		expect(result.durationMs).toBeLessThan(2300)
		expect(result.connectionsPeak).toBe(8)
		expect(world.transport.mostBusy).toBe(8)
		expect(result.bytesReceived).toBeLessThan(1.02 * file.body.length)
	})

	test('auto climbs where each connection is capped', async () => {
		const file = version(32 * mb)
		const world = new World({ version: file })
		const result = expectBytes(await runToEnd(world, { connections: 'auto' }), file)
		expect(result.connectionsPeak).toBeGreaterThanOrEqual(16)
		expect(result.connectionsPeak).toBeLessThanOrEqual(32)
		expect(result.durationMs).toBeLessThan(3500)
		expect(result.verdict.bottleneck).toBe('server-per-connection')
	})

	test('auto stays low where one connection fills the line', async () => {
		const file = version(24 * mb)
		const world = new World({ version: file, bytesPerSecond: 100 * mb, lineBytesPerSecond: 4 * mb })
		const result = expectBytes(await runToEnd(world, { connections: 'auto' }), file)
		expect(result.connectionsPeak).toBeLessThanOrEqual(2)
		expect(result.durationMs).toBeLessThan(6600)
		expect(result.verdict.bottleneck).toBe('line')
	})

	test('no more connections are open than were asked for, whatever fails', async () => {
		const file = version(4 * mb)
		const script: World['server']['script'] = ({ nth }, right) => (nth % 3 === 0 ? { ...right, cutAt: 50_000 } : right)
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 3 }), file)
		expect(world.transport.mostBusy).toBeLessThanOrEqual(3)
	})

	test('a lane that is slower than its siblings is robbed of its tail', async () => {
		const file = version(8 * mb)
		const script: World['server']['script'] = ({ connection }, right) =>
			connection === 2 ? { ...right, bytesPerSecond: 250_000 } : right
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(result.durationMs).toBeLessThan(4000)
	})

	test('a lane that is far slower than its siblings is opened anew, and that is told as no failure', async () => {
		const file = version(32 * mb)
		const script: World['server']['script'] = ({ connection }, right) =>
			connection === 2 || connection === 3 ? { ...right, slowsAt: 100_000 } : right
		const world = new World({ version: file, script })
		const ending = await runToEnd(world, { connections: 4, retries: 0 })
		expectBytes(ending, file)
		const told = ending.download.events.filter(({ event }) => event === 'retry')
		expect(told.length).toBeGreaterThan(0)
		for (const event of told) expect(event).toMatchObject({ code: 'E_STALLED', attempt: 0, delayMs: 0 })
	})

	test('lanes that were refused at once are tried again one by one', async () => {
		const file = version(16 * mb)
		const script: World['server']['script'] = ({ atMs, busy }, right) =>
			busy > 1 && atMs < 1000 ? statusReply(right, 503) : right
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 8 }), file)
		expect(result.durationMs).toBeLessThan(10_000)
	})

	test('a cap of the server on connections is learned, and the rest goes on', async () => {
		const file = version(8 * mb)
		const script: World['server']['script'] = ({ busy }, right) => (busy > 3 ? statusReply(right, 403) : right)
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 8 }), file)
		expect(result.durationMs).toBeLessThan(3000)
		expect(world.server.asked.filter(({ busy }) => busy > 3).length).toBeLessThanOrEqual(8)
	})
})
