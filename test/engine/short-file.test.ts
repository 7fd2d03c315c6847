import { describe, expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import type { Reply, Script, Version } from '../support/scripted/server.ts'
import { expectBytes, expectFailure, expectNothingLeft, runToEnd, version, World } from '../support/scripted/world.ts'
import { seeded } from '../support/seeded.ts'

/** A file that one response brings, in blocks like those of a process. */
const file = version(60_000)
const blockBytes = 256 * 1024

/** Its server names no version: nothing can be gone on with. */
const nameless: Version = { body: file.body }

const worldOf = (script?: Script, of: Version = nameless): World =>
	new World({ version: of, blockBytes, ...(script && { script }) })

/** Of the first answer alone. */
const first =
	(wrong: Partial<Reply>): Script =>
	({ nth }, right) =>
		nth === 1 ? { ...right, ...wrong } : right

describe('a short file', () => {
	test.each([1, 4096, 60_000])('of %i bytes takes one request and one connection', async bytes => {
		const short = { body: file.body.subarray(0, bytes) }
		const ending = await runToEnd(worldOf(undefined, short), { connections: 'auto' })
		expect(expectBytes(ending, short)).toMatchObject({ requests: 1, connectionsPeak: 1, bytesReceived: bytes })
	})

	test('shows its length and its one connection while it comes', async () => {
		const world = worldOf()
		const download = world.start({ connections: 'auto' })
		await world.clock.advance(40)
		expect(download.run.snapshot()).toMatchObject({ state: 'transferring', connections: 1, bytesTotal: 60_000 })
		expectBytes(await world.end(download), nameless)
		expect(download.run.snapshot()).toMatchObject({ state: 'ended', connections: 0, bytesDone: 60_000 })
	})

	test.each<[string, Partial<Reply>]>([
		['is cut off', { cutAt: 20_000 }],
		['ends too early', { cutAt: 20_000, cutBy: 'E_TRUNCATED' }],
		['stops coming', { stallsAt: 20_000 }],
	])('that %s is asked for once more, and told of', async (_, wrong) => {
		const ending = await runToEnd(worldOf(first(wrong)))
		expect(expectBytes(ending, nameless)).toMatchObject({ requests: 2, bytesReceived: 80_000 })
		expect(ending.download.events.filter(({ event }) => event === 'retry')).toHaveLength(1)
	})

	test('that never comes whole fails with what was wrong, and is not asked for without end', async () => {
		const world = worldOf((_, right) => ({ ...right, cutAt: 20_000, cutBy: 'E_TRUNCATED' }))
		const ending = await runToEnd(world, { retries: 2 })
		expect(expectFailure(ending).code).toBe('E_TRUNCATED')
		expect(world.server.asked.length).toBeLessThanOrEqual(4)
	})

	test('that the disk has no room for fails with that, and leaves nothing', async () => {
		const world = worldOf()
		const ending = await runToEnd(world, {}, world.destination({ limitBytes: 50_000 }))
		expect(expectFailure(ending).code).toBe('E_NO_SPACE')
		expect(world.server.asked).toHaveLength(1)
	})

	test('with a wrong digest is not given', async () => {
		const checksum = { algorithm: 'sha-256', value: '0'.repeat(64), source: 'caller' } as const
		const ending = await runToEnd(worldOf(), { checksum })
		expect(expectFailure(ending).code).toBe('E_CHECKSUM')
	})

	test('comes no faster than the limit allows', async () => {
		const world = new World({ version: nameless, blockBytes, limitBytesPerSecond: 10_000 })
		const ending = await runToEnd(world)
		expect(expectBytes(ending, nameless).durationMs).toBeGreaterThan(3000)
	})

	test('that is paused gives its connection up, and comes whole afterwards', async () => {
		const random = seeded(3)
		for (let round = 0; round < 100; round++) {
			const world = worldOf()
			const download = world.start({ connections: 'auto' })
			await world.clock.advance(random() * 80)
			download.run.command({ kind: 'pause' })
			await world.clock.advance(5000)
			if (download.endedMs === undefined) {
				expect(download.run.snapshot()).toMatchObject({ state: 'paused', connections: 0 })
				expect(world.transport.busy).toBe(0)
			}
			download.run.command({ kind: 'resume' })
			expectBytes(await world.end(download), nameless)
			expectNothingLeft(world, download)
		}
	})

	test('that is cancelled at any moment gives everything back', async () => {
		const random = seeded(5)
		const enough = new DownloadError('E_ABORTED', 'enough')
		for (let round = 0; round < 200; round++) {
			const world = worldOf()
			const download = world.start({}, world.destination({ writeMs: 5 }))
			world.clock.after(random() * 90, () => download.run.command({ kind: 'cancel', reason: enough }))
			const ending = await world.end(download)
			if (ending.kind === 'failed') expect(ending.error).toBe(enough)
			await world.clock.advance(2000)
			expectNothingLeft(world, download)
		}
	})
})
