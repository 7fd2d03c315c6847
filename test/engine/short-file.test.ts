import { describe, expect, test, vi } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import type { Reply, Script, Version } from '../support/scripted/server.ts'
import type { WatchedDestination } from '../support/scripted/watched-destination.ts'
import { expectBytes, expectFailure, expectNothingLeft, runToEnd, version, World } from '../support/scripted/world.ts'
import { seeded } from '../support/seeded.ts'

/** A file that one response brings, in blocks like those of a process. */
const file = version(60_000)
const blockBytes = 256 * 1024

/** Its server names no version: nothing can be gone on with. */
const nameless: Version = { body: file.body }

const worldOf = (script?: Script, of: Version = nameless): World =>
	new World({ version: of, blockBytes, ...(script && { script }) })

/** Where files of this length have no journal, as on a disk. */
const withoutJournal = (world: World): WatchedDestination => world.destination({ journalFromBytes: 1_000_000 })

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

	test('is not watched while it comes at once, and is where it does not', async () => {
		for (const [bytesPerSecond, ticks] of [
			[1_000_000, 0],
			[20_000, 1],
		] as const) {
			const world = new World({ version: file, blockBytes, bytesPerSecond })
			const every = vi.spyOn(world.clock, 'every')
			expectBytes(await runToEnd(world, {}, withoutJournal(world)), file)
			expect(every).toHaveBeenCalledTimes(ticks)
		}
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

	test('that comes slowly is shown as it comes', async () => {
		const world = new World({ version: file, blockBytes, bytesPerSecond: 10_000 })
		const download = world.start({ connections: 'auto' }, withoutJournal(world))
		await world.clock.advance(3000)
		const { bytesDone, bytesPerSecond, etaMs } = download.run.snapshot()
		expect(bytesDone).toBeGreaterThan(10_000)
		expect(bytesPerSecond).toBeGreaterThan(9000)
		expect(etaMs).toBeGreaterThan(1000)
		expectBytes(await world.end(download), file)
		expectNothingLeft(world, download)
	})

	test.each([
		['names its version', file],
		['names none', nameless],
	])('that is paused and goes on, sooner or later, comes whole (its server %s)', async (_, of) => {
		const random = seeded(3)
		for (let round = 0; round < 200; round++) {
			const world = new World({ version: of, blockBytes, settlesAfterMs: Math.floor(random() * 3) })
			const download = world.start({ connections: 'auto' }, withoutJournal(world))
			await world.clock.advance(random() * 80)
			download.run.command({ kind: 'pause' })
			const pausedMs = [0, 1, 3, 5000][round % 4] as number
			await world.clock.advance(pausedMs)
			if (download.endedMs === undefined && pausedMs === 5000) {
				expect(download.run.snapshot()).toMatchObject({ state: 'paused', connections: 0 })
				expect(world.transport.busy).toBe(0)
			}
			download.run.command({ kind: 'resume' })
			expectBytes(await world.end(download), of)
			expectNothingLeft(world, download)
		}
	})

	test('that is slow counts at its host beside others, and its host can ask all of them to wait', async () => {
		const world = new World({ version: file, blockBytes, bytesPerSecond: 5000 })
		const downloads = Array.from({ length: 6 }, () => world.start({}, withoutJournal(world)))
		await world.clock.advance(2000)
		world.governor.askedToWait('origin.test', 1000)
		expect(world.governor.hosts.allowed('origin.test')).toBe(6)
		for (const download of downloads) expectBytes(await world.end(download), file)
		expectNothingLeft(world, ...downloads)
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

/** A limit that nobody reaches: it has lanes fetch what is short, too. */
const unreached = 1e12

describe('a short file is had as a long one would be', () => {
	const cuts = [0, 1, 20_000, 59_999]
	test.each<[string, Partial<Reply>, boolean]>([
		...cuts.map(at => [`reset at byte ${at}`, { cutAt: at }, false] as [string, Partial<Reply>, boolean]),
		...cuts.map(
			at => [`ended at byte ${at}`, { cutAt: at, cutBy: 'E_TRUNCATED' }, at > 1] as [string, Partial<Reply>, boolean],
		),
		['silent from byte 20,000 on', { stallsAt: 20_000 }, false],
		['slow', { bytesPerSecond: 20_000 }, false],
		['slow and ended', { bytesPerSecond: 20_000, cutAt: 50_000, cutBy: 'E_TRUNCATED' }, true],
		['chunked', { framing: 'chunked' }, true],
		['of another length than the body', { contentLength: 50_000 }, true],
	])('where an answer is %s', async (_, wrong, always) => {
		for (const of of [file, nameless]) {
			for (const spec of [{}, { connections: 8 }, { connections: 'auto' as const }, { retries: 0 }]) {
				const script: Script = always ? (__, right) => ({ ...right, ...wrong }) : first(wrong)
				const [short, long] = await Promise.all([summaryOf(script, of, spec), summaryOf(script, of, spec, unreached)])
				expect(short).toEqual(long)
			}
		}
	})
})

/** What a caller and a server can see of a download. */
async function summaryOf(script: Script, of: Version, spec: Partial<DownloadSpec>, limitBytesPerSecond?: number) {
	const limit = limitBytesPerSecond === undefined ? {} : { limitBytesPerSecond }
	const world = new World({ version: of, blockBytes, script, ...limit })
	const { download, ...ending } = await runToEnd(world, spec, withoutJournal(world))
	const told = download.events.map(({ event }) => event)
	const seen = { told, asked: world.server.asked.length }
	if (ending.kind === 'failed') return { ...seen, code: ending.error.code }
	const { requests, bytesReceived, connectionsPeak, lengthVerified } = expectBytes(ending, of)
	return { ...seen, requests, bytesReceived, connectionsPeak, lengthVerified }
}
