import { describe, expect, test } from 'vitest'
import { StallTimer } from '../../src/transport/http1/stall-timer.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { pseudoRandom } from '../support/body.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { startOrigin } from '../support/origin.ts'
import { fetchWhole, get } from '../transport/asking.ts'

describe('silence is counted', () => {
	test.each([
		['a stop of the process', (clock: FakeClock) => clock.stop(20_000)],
		['a sleep of the machine', async (clock: FakeClock) => clock.suspend(20_000)],
	])('anew after %s, since what came meanwhile has not been read yet', async (_, sleep) => {
		const clock = new FakeClock()
		let stalled = 0
		const timer = new StallTimer(clock, 15_000, () => {
			stalled += 1
		})
		timer.start()
		await clock.advance(14_000)
		await sleep(clock)
		await clock.advance(14_000)
		expect(stalled).toBe(0)
		await clock.advance(2000)
		expect(stalled).toBe(1)
		expect(clock.pending).toBe(0)
	})
})

test('a connection that waited through a sleep is not asked again', async () => {
	await using origin = await startOrigin({ body: pseudoRandom(1000) })
	const clock = new FakeClock()
	const transport = createTransport({ clock })
	const connectionOfNext = async (): Promise<number> =>
		(await fetchWhole(transport, get(origin.url()))).exchange.via.connection
	try {
		expect([await connectionOfNext(), await connectionOfNext()]).toEqual([1, 1])
		clock.suspend(60_000)
		expect(await connectionOfNext()).toBe(2)
	} finally {
		await transport.close()
	}
})
