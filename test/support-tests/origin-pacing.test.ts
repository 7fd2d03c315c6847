import { get, type IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type Paced, Pacer } from '../support/origin/pacing.ts'
import { startOrigin } from '../support/origin.ts'

describe('a pacer', () => {
	it('keeps the exact average of a rate that no tick divides', async () => {
		const clock = new FakeClock()
		const flow = new Flow(1_000_000)
		const pacer = new Pacer(undefined, clock)
		pacer.add(flow, 12_345)
		await clock.advance(1000)
		expect(flow.sent).toBe(12_345)
		await clock.advance(20_000)
		expect(flow.sent).toBe(21 * 12_345)
	})

	it('makes up for ticks that came late', async () => {
		const clock = new LateClock()
		const flow = new Flow(1_000_000)
		new Pacer(undefined, clock).add(flow, 100_000)
		for (const lateMs of [10, 200, 3, 87]) clock.tickAfter(lateMs)
		expect(flow.sent).toBe(30_000)
	})

	it('gives no credit for the time in which a client did not read', async () => {
		const clock = new FakeClock()
		const flow = new Flow(1_000_000)
		new Pacer(undefined, clock).add(flow, 1_000_000)
		flow.open = false
		await clock.advance(500)
		flow.open = true
		await clock.advance(10)
		expect(flow.sent).toBe(10_000)
	})

	it('shares a line fairly, and gives to those who can take it what others leave', async () => {
		const clock = new FakeClock()
		const pacer = new Pacer(100_000, clock)
		const [slow, fast, faster] = [new Flow(1e6), new Flow(1e6), new Flow(1e6)]
		pacer.add(slow, 10_000)
		pacer.add(fast, 200_000)
		pacer.add(faster, Number.POSITIVE_INFINITY)
		await clock.advance(1000)
		expect([slow.sent, fast.sent, faster.sent]).toEqual([10_000, 45_000, 45_000])
	})

	it('forgets what a line could have carried while nobody wanted it', async () => {
		const clock = new FakeClock()
		const pacer = new Pacer(100_000, clock)
		const first = new Flow(1000)
		const stop = pacer.add(first, Number.POSITIVE_INFINITY)
		await clock.advance(1000)
		stop()
		await clock.advance(1000)
		const second = new Flow(1e6)
		pacer.add(second, Number.POSITIVE_INFINITY)
		await clock.advance(100)
		expect([first.sent, second.sent]).toEqual([1000, 10_000])
	})

	it('leaves no timer behind', async () => {
		const clock = new FakeClock()
		const pacer = new Pacer(undefined, clock)
		const stops = [pacer.add(new Flow(1), 1), pacer.add(new Flow(1), 1)]
		expect(clock.pending).toBe(1)
		for (const stop of stops) stop()
		expect(clock.pending).toBe(0)
	})
})

describe('an origin with a rate', () => {
	it('takes no less time than the rate wants, for each response and for all together', async () => {
		const body = pseudoRandom(100_000)
		await using each = await startOrigin({ body, bytesPerSecond: 1_000_000 })
		await using line = await startOrigin({ body, totalBytesPerSecond: 1_000_000 })
		expect(await timeOf([each, each, each].map(origin => read(origin.url())))).toBeGreaterThanOrEqual(100)
		expect(await timeOf([line, line, line].map(origin => read(origin.url())))).toBeGreaterThanOrEqual(300)
		for (const content of await Promise.all([read(each.url()), read(line.url())]))
			expect(content.equals(body)).toBe(true)
	})

	it('is slower where an answer says so', async () => {
		const body = pseudoRandom(50_000)
		await using origin = await startOrigin({ body, bytesPerSecond: 10_000_000, answer: () => ({ slowedBy: 50 }) })
		expect(await timeOf([read(origin.url())])).toBeGreaterThanOrEqual(250)
	})

	it('forgets a client that left while its answer was held back', async () => {
		await using origin = await startOrigin({ body: pseudoRandom(10), delayMs: 200, bytesPerSecond: 1000 })
		const client = get(origin.url()).on('error', () => {})
		await expect.poll(() => origin.requests.length).toBe(1)
		client.destroy()
		await expect.poll(() => origin.requests[0]?.outcome).toBe('gone')
		// It is held back as long, and so ends after the first one would have begun.
		await read(origin.url())
		expect(origin.requests).toMatchObject([
			{ status: undefined, bytesSent: 0 },
			{ status: 200, bytesSent: 10 },
		])
	})
})

class Flow implements Paced {
	open = true
	sent = 0
	readonly #bytes: number

	constructor(bytes: number) {
		this.#bytes = bytes
	}

	wanted(): number {
		return this.open ? this.#bytes - this.sent : 0
	}

	send(bytes: number): void {
		this.sent += bytes
	}
}

class LateClock {
	#nowMs = 0
	#tick = (): void => {}

	now(): number {
		return this.#nowMs
	}

	every(_ms: number, tick: () => void): { stop(): void } {
		this.#tick = tick
		return { stop: () => {} }
	}

	tickAfter(ms: number): void {
		this.#nowMs += ms
		this.#tick()
	}
}

async function read(url: string): Promise<Buffer> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		get(url, { agent: false }, resolve).on('error', reject)
	})
	const parts: Buffer[] = []
	for await (const part of response) parts.push(part as Buffer)
	return Buffer.concat(parts)
}

async function timeOf(work: readonly Promise<unknown>[]): Promise<number> {
	const startMs = performance.now()
	await Promise.all(work)
	return performance.now() - startMs
}
