import { describe, expect, test } from 'vitest'
import type { DownloadEvent, RetryEvent } from '../../src/engine/events.ts'
import { plainSpec } from '../support/plain-spec.ts'
import { type Asked, type Script, statusReply } from '../support/scripted/server.ts'
import { expectBytes, expectFailure, runToEnd, version, World } from '../support/scripted/world.ts'

const mb = 1_000_000
const file = version(2 * mb)

const retriesIn = (events: readonly DownloadEvent[]): RetryEvent[] =>
	events.flatMap(event => (event.event === 'retry' ? [event] : []))

describe('a download that is interrupted', () => {
	test.each([1, 4])('comes through cuts every 300 kB by %i connections', async connections => {
		const script: Script = (_asked, right) => ({ ...right, cutAt: 300_000 })
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections }), file)
		expect(result.bytesReceived).toBeLessThan(1.02 * file.body.length)
	})

	test('counts retries only without progress', async () => {
		const script: Script = (_asked, right) => ({ ...right, cutAt: 50_000 })
		const world = new World({ version: file, script })
		const ending = await runToEnd(world, { retries: 1 })
		expectBytes(ending, file)
		expect(retriesIn(ending.download.events).map(({ attempt }) => attempt)).toEqual(Array(39).fill(0))
	})

	test('gives up after one failure more than the retries allow', async () => {
		const script: Script = ({ nth }, right) =>
			nth === 1 ? { ...right, cutAt: 50_000 } : { ...right, fails: 'E_NETWORK' }
		const world = new World({ version: file, script })
		const error = expectFailure(await runToEnd(world, { retries: 3 }))
		expect(error.code).toBe('E_NETWORK')
		// The first brought bytes and its failure does not count; then one attempt at once, and three retries.
		expect(world.server.asked).toHaveLength(5)
	})

	test('does not count bytes that an earlier attempt had already brought as progress', async () => {
		// No validator: each attempt begins at the first byte, and none comes further than the first.
		const script: Script = ({ nth }, right) => ({ ...right, cutAt: nth % 2 === 1 ? 50_000 : 20_000 })
		const world = new World({ version: { body: file.body }, script })
		expect(expectFailure(await runToEnd(world, { retries: 3 })).code).toBe('E_NETWORK')
		expect(world.server.asked).toHaveLength(5)
	})

	test('comes through a quarter of answers 503', async () => {
		const script: Script = ({ nth }, right) => (nth % 4 === 0 ? statusReply(right, 503) : right)
		const world = new World({ version: version(8 * mb), script })
		const result = expectBytes(await runToEnd(world, { connections: 8 }), version(8 * mb))
		expect(result.durationMs).toBeLessThan(5000)
	})

	test('is over when the very first answers fail for good', async () => {
		const world = new World({ version: file, script: (_asked, right) => ({ ...right, fails: 'E_NETWORK' }) })
		expect(expectFailure(await runToEnd(world, { retries: 4 })).code).toBe('E_NETWORK')
		expect(world.server.asked).toHaveLength(5)
	})

	test.each([
		[404, 'E_HTTP_STATUS', 1],
		[410, 'E_HTTP_STATUS', 1],
		[403, 'E_AUTH', 2],
		[416, 'E_HTTP_STATUS', 2],
	])('fails at once where the first answer is %i', async (status, code, requests) => {
		const world = new World({ version: file, script: (_asked, right) => statusReply(right, status) })
		expect(expectFailure(await runToEnd(world))).toMatchObject({ code, details: { status } })
		expect(world.server.asked).toHaveLength(requests)
	})

	test.each(['7', 'Thu, 01 Jan 2026 00:00:07 GMT'])('waits exactly as Retry-After asks: %s', async retryAfter => {
		const script: Script = ({ nth }, right) =>
			nth === 1 ? statusReply(right, 503, { 'retry-after': retryAfter }) : right
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world), file)
		const refusedAtMs = 15
		const waitedMs = retryAfter === '7' ? 7000 : 7000 - refusedAtMs
		const second = world.server.asked[1] as Asked
		// The connection is open already: nothing but the wait is between the two.
		expect(second.atMs).toBe(refusedAtMs + waitedMs)
	})

	test('waits exactly as Retry-After asks in the middle of the file', async () => {
		const script: Script = ({ nth }, right) => {
			if (nth === 1) return { ...right, cutAt: 500_000 }
			return nth === 2 ? statusReply(right, 429, { 'retry-after': '20' }) : right
		}
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world), file)
		const [, second, third] = world.server.asked
		expect((third as Asked).atMs).toBe((second as Asked).atMs + 10 + 20_000)
	})

	test('reports a server that wants to be left alone for longer than an hour', async () => {
		const script: Script = (_asked, right) => statusReply(right, 503, { 'retry-after': '86400' })
		const world = new World({ version: file, script })
		const ending = await runToEnd(world)
		expect(expectFailure(ending)).toMatchObject({ code: 'E_HTTP_STATUS', details: { status: 503 } })
		expect(ending.download.endedMs).toBeLessThan(100)
	})
})

describe('a lane that falls silent', () => {
	test('is given up within seconds while its siblings receive', async () => {
		const script: Script = ({ nth }, right) => (nth === 2 ? { ...right, stallsAt: 30_000 } : right)
		const world = new World({ version: version(8 * mb), script })
		const result = expectBytes(await runToEnd(world, { connections: 4 }), version(8 * mb))
		expect(result.durationMs).toBeLessThan(5000)
	})

	test('is given up within seconds where no head comes', async () => {
		const script: Script = ({ nth }, right) => (nth === 3 ? { ...right, headAfterMs: Number.POSITIVE_INFINITY } : right)
		const world = new World({ version: version(8 * mb), script })
		const result = expectBytes(await runToEnd(world, { connections: 4 }), version(8 * mb))
		expect(result.durationMs).toBeLessThan(5000)
	})

	test('ends the download with E_STALLED when all are silent for good', async () => {
		const script: Script = (_asked, right) => ({ ...right, stallsAt: 0 })
		const world = new World({ version: file, script })
		const asking = { ...plainSpec.asking, stallTimeoutMs: 5000 }
		const ending = await runToEnd(world, { connections: 4, retries: 2, asking })
		expect(expectFailure(ending).code).toBe('E_STALLED')
		expect(ending.download.endedMs).toBeLessThan(60_000)
	})

	test('is not given up for the time that the disk holds it back', async () => {
		const world = new World({ version: version(200_000) })
		const asking = { ...plainSpec.asking, stallTimeoutMs: 3000 }
		const ending = await runToEnd(world, { connections: 2, asking }, world.destination({ writeMs: 4000 }))
		expect(expectBytes(ending, version(200_000)).durationMs).toBeGreaterThan(20_000)
		expect(retriesIn(ending.download.events)).toEqual([])
	})
})

describe('time', () => {
	test('ends the download with E_TIMEOUT when it is up', async () => {
		const world = new World({ version: file })
		const ending = await runToEnd(world, { maxTimeMs: 1234 })
		expect(expectFailure(ending).code).toBe('E_TIMEOUT')
		expect(ending.download.endedMs).toBe(1234)
	})

	test('ends the wait for a head too', async () => {
		const world = new World({ version: file, headAfterMs: 10_000 })
		const ending = await runToEnd(world, { maxTimeMs: 1234 })
		expect(expectFailure(ending).code).toBe('E_TIMEOUT')
		expect(ending.download.endedMs).toBe(1234)
	})

	test('ends the wait for another attempt too', async () => {
		const script: Script = (_asked, right) => statusReply(right, 503, { 'retry-after': '60' })
		const world = new World({ version: file, script })
		const ending = await runToEnd(world, { maxTimeMs: 1234 })
		expect(expectFailure(ending).code).toBe('E_TIMEOUT')
		expect(ending.download.endedMs).toBe(1234)
	})
})
