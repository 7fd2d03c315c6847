import { describe, expect, test } from 'vitest'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import type { FakeClock } from '../support/fake-clock.ts'
import { type Reply, type Script, statusReply } from '../support/scripted/server.ts'
import {
	type Download,
	type Ending,
	expectBytes,
	expectNothingLeft,
	version,
	World,
	type WorldOptions,
} from '../support/scripted/world.ts'

const mb = 1_000_000
const hourMs = 3_600_000
const file = version(8 * mb)

/** Each way in which a process does not run for a while. */
const sleeps: readonly (readonly [string, (clock: FakeClock) => Promise<void>])[] = [
	['the machine slept for eight hours and its monotonic clock with it', async clock => clock.suspend(8 * hourMs)],
	['the machine slept for eight hours and its monotonic clock did not', clock => clock.stop(8 * hourMs)],
	['the process was stopped for twenty seconds', clock => clock.stop(20_000)],
]

/** Connections that were open before `drop` deliver nothing any more, and nobody says so. */
class DroppingServer {
	#dropped = false

	readonly script: Script = (_asked, right) => {
		const server = this
		const begunAfter = this.#dropped
		return {
			...right,
			get stallsAt(): number {
				return server.#dropped && !begunAfter ? 0 : right.body.length
			},
		} satisfies Reply
	}

	drop(): void {
		this.#dropped = true
	}
}

interface Slept {
	readonly world: World
	readonly download: Download
	readonly ending: Ending
	readonly wokeMs: number
}

/** A download during which, after half a second, the process does not run for a while. */
async function sleepThrough(
	sleep: (clock: FakeClock) => Promise<void>,
	options: Partial<WorldOptions>,
	spec: Partial<DownloadSpec>,
	meanwhile: () => void = () => {},
): Promise<Slept> {
	const world = new World({ version: file, ...options })
	const download = world.start(spec)
	await world.clock.advance(500)
	meanwhile()
	await sleep(world.clock)
	const wokeMs = world.clock.now()
	const ending = await world.end(download)
	expectNothingLeft(world, download)
	return { world, download, ending, wokeMs }
}

const retries = ({ events }: Download): unknown[] =>
	events.flatMap(event => (event.event === 'retry' ? [event.attempt] : []))

describe.each(sleeps)('when %s', (_, sleep) => {
	test('connections that live go on: no request is made again', async () => {
		const spec = { connections: 4, retries: 0 }
		const awake = new World({ version: file })
		await awake.end(awake.start(spec))
		const { ending, download, world } = await sleepThrough(sleep, {}, spec)
		expectBytes(ending, file)
		expect(retries(download)).toEqual([])
		expect(world.server.asked).toHaveLength(awake.server.asked.length)
	})

	test.each([1, 4])(
		'connections that died are made anew within seconds, and it is no failure (%i)',
		async connections => {
			const server = new DroppingServer()
			const drop = (): void => server.drop()
			const spec = { connections, retries: 0 }
			const { ending, download, wokeMs } = await sleepThrough(sleep, { script: server.script }, spec, drop)
			expectBytes(ending, file)
			expect(retries(download).every(attempt => attempt === 0)).toBe(true)
			const alone = (file.body.length - 500_000) / mb
			expect(((download.endedMs as number) - wokeMs) / 1000).toBeLessThan(3.5 + alone / connections)
		},
	)

	test('a request whose answer never comes is made again, and it is no failure', async () => {
		const script: Script = ({ nth }, right) => {
			if (nth === 1) return { ...right, cutAt: 200_000 }
			return nth === 2 ? { ...right, headAfterMs: Number.POSITIVE_INFINITY } : right
		}
		const { ending, download } = await sleepThrough(sleep, { script }, { connections: 1, retries: 0 })
		expectBytes(ending, file)
		expect(retries(download)).toEqual([0, 0])
	})

	test('the climb of auto concludes nothing from it', async () => {
		const large = version(48 * mb)
		const server = new DroppingServer()
		const { ending, download, wokeMs } = await sleepThrough(
			sleep,
			{ version: large, script: server.script },
			{ connections: 'auto', retries: 0 },
			() => server.drop(),
		)
		const result = expectBytes(ending, large)
		expect(result.verdict.bottleneck).toBe('server-per-connection')
		expect(result.connectionsPeak).toBe(32)
		// Two seconds for the dead connections, and what the climb and the bytes take without a sleep.
		expect((download.endedMs as number) - wokeMs).toBeLessThan(5000)
	})

	test('the wait for a head that it fell into is not taken for usual', async () => {
		const large = version(32 * mb)
		const script: Script = ({ nth }, right) => {
			if (nth === 1) return { ...right, cutAt: 200_000 }
			return nth === 2 ? { ...right, headAfterMs: 1000 } : right
		}
		const { ending } = await sleepThrough(sleep, { version: large, script }, { connections: 'auto' })
		expect(expectBytes(ending, large).connectionsPeak).toBeGreaterThanOrEqual(16)
	})

	test('requests that stay unanswered beside others that are answered are not taken for a cap of the host', async () => {
		const large = version(16 * mb)
		let slept = false
		const script: Script = ({ nth }, right) =>
			!slept && nth % 2 === 0 ? { ...right, headAfterMs: Number.POSITIVE_INFINITY } : right
		const spec = { connections: 8, retries: 0 }
		const { ending, world, wokeMs } = await sleepThrough(sleep, { version: large, script }, spec, () => {
			slept = true
		})
		expectBytes(ending, large)
		const after = world.server.asked.filter(({ atMs }) => atMs > wokeMs)
		expect(Math.max(...after.map(({ busy }) => busy))).toBe(8)
	})
})

test('a connection that cannot be replaced without starting over is not given up on a doubt', async () => {
	const server = new DroppingServer()
	const unnamed = { body: file.body }
	const { ending, world, wokeMs } = await sleepThrough(
		async clock => clock.suspend(hourMs),
		{ version: unnamed, script: server.script },
		{ retries: 0 },
		() => server.drop(),
	)
	expectBytes(ending, unnamed)
	expect(world.server.asked[1]?.atMs).toBeGreaterThan(wokeMs + 14_000)
})

describe('a failure', () => {
	test('of a request that was made after the sleep counts as ever', async () => {
		let slept = false
		const script: Script = (_asked, right) =>
			slept ? { ...right, fails: 'E_NETWORK' } : { ...right, stallsAt: 400_000 }
		const { ending, world } = await sleepThrough(
			async clock => clock.suspend(hourMs),
			{ script },
			{ connections: 1, retries: 2 },
			() => {
				slept = true
			},
		)
		expect(ending).toMatchObject({ kind: 'failed', error: { code: 'E_NETWORK' } })
		// The one that was slept through, and then as many as the retries allow and one more.
		expect(world.server.asked).toHaveLength(4)
	})

	test('counts, of a process that is stopped during every attempt, from the second one at an offset', async () => {
		const script: Script = ({ nth }, right) =>
			nth === 1 ? { ...right, cutAt: 400_000 } : { ...right, headAfterMs: Number.POSITIVE_INFINITY }
		const world = new World({ version: file, script })
		const download = world.start({ connections: 1, retries: 2 })
		for (let stops = 0; stops < 20 && download.endedMs === undefined; stops++) {
			await world.clock.advance(5000)
			await world.clock.stop(20_000)
		}
		expect(download.endedMs).toBeDefined()
		expect(await world.end(download)).toMatchObject({ kind: 'failed', error: { code: 'E_STALLED' } })
		expect(retries(download)).toEqual([0, 0, 1, 2])
		expectNothingLeft(world, download)
	})
})

describe('a calendar that is set', () => {
	const jumps = [-20 * 365 * 24 * hourMs, -hourMs, -3000, 3000, hourMs, 20 * 365 * 24 * hourMs]

	test.each(jumps)('by %i ms in the middle changes nothing', async byMs => {
		const { ending, download, world } = await sleepThrough(
			async clock => clock.moveWall(byMs),
			{},
			{ connections: 4, retries: 0 },
		)
		expectBytes(ending, file)
		expect(retries(download)).toEqual([])
		expect(world.clock.now()).toBeLessThan(3000)
	})

	test.each(jumps)('by %i ms does not move a wait for seconds', async byMs => {
		const script: Script = ({ nth }, right) => (nth === 1 ? statusReply(right, 503, { 'retry-after': '7' }) : right)
		const { ending, world } = await sleepThrough(async clock => clock.moveWall(byMs), { script }, {})
		expectBytes(ending, file)
		expect(world.server.asked[1]?.atMs).toBe(15 + 7000)
	})

	test.each(jumps)('by %i ms before does not move a wait until a date, where the answer has its own', async byMs => {
		const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
		const until = { date, 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }
		const script: Script = ({ nth }, right) => (nth === 1 ? statusReply(right, 503, until) : right)
		const world = new World({ version: file, script })
		world.clock.moveWall(byMs)
		expectBytes(await world.end(world.start()), file)
		expect(world.server.asked[1]?.atMs).toBe(15 + 7000)
	})
})
