import { Agent, get, type IncomingMessage } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import * as scripts from '../support/origin/scripts.ts'
import { type Origin, type OriginOptions, startOrigin } from '../support/origin.ts'

const body = pseudoRandom(100_000)

describe('a script', () => {
	it('can ignore ranges', async () => {
		const origin = await started({ answer: scripts.ignoreRanges() })
		const whole = await fetch(origin, { range: 'bytes=5-9' })
		expect(whole).toMatchObject({ status: 200, bytes: 100_000 })
		expect(whole.headers).not.toHaveProperty('accept-ranges')
	})

	it.each(['chunked', 'close'] as const)('can hide the length by %s', async framing => {
		const origin = await started({ answer: scripts.withoutLength(framing) })
		const whole = await fetch(origin, { range: 'bytes=0-' })
		expect(whole).toMatchObject({ status: 200, bytes: 100_000, complete: true })
		expect(whole.headers).not.toHaveProperty('content-length')
	})

	it.each(['fin', 'rst'] as const)('can cut every response by %s that is long enough', async by => {
		const origin = await started({ answer: scripts.cutEvery(60_000, by) })
		expect(await fetch(origin, { range: 'bytes=0-' })).toMatchObject({ bytes: 60_000, complete: false })
		expect(await fetch(origin, { range: 'bytes=60000-' })).toMatchObject({ bytes: 40_000, complete: true })
	})

	it('can refuse a quarter, the same one for a seed', async () => {
		const answersOf = (seed: number): string => {
			const script = scripts.quarterOf503(seed)
			return Array.from({ length: 1000 }, (_, n) => (script(anyRequest, n)?.status === 503 ? 'x' : '.')).join('')
		}
		expect(answersOf(1)).toBe(answersOf(1))
		expect(answersOf(1)).not.toBe(answersOf(2))
		for (const seed of [1, 2, 3]) expect(Math.abs(answersOf(seed).split('x').length - 1 - 250)).toBeLessThan(50)
		const origin = await started({ answer: (request, n) => scripts.quarterOf503(1, '7')(request, n + 1) })
		const refusals = []
		for (let n = 0; n < 20; n++) refusals.push((await fetch(origin)).headers['retry-after'])
		expect(refusals).toContain('7')
		expect(refusals).toContain(undefined)
	})

	it('can redirect one path', async () => {
		const origin = await started({ answer: scripts.forPath('/start', scripts.redirectTo('/end?x=1', 307)) })
		const away = await fetch(origin, {}, '/start?query')
		expect(away).toMatchObject({ status: 307, headers: { location: '/end?x=1' } })
		expect(away.headers).not.toHaveProperty('etag')
		expect(await fetch(origin, {}, '/end')).toMatchObject({ status: 200 })
	})

	it('can change the version after some requests', async () => {
		const origin = await started({ body: [body, pseudoRandom(50_000, 2)], answer: scripts.changeVersionAfter(2) })
		expect([await fetch(origin), await fetch(origin), await fetch(origin)]).toMatchObject([
			{ bytes: 100_000 },
			{ bytes: 100_000 },
			{ bytes: 50_000 },
		])
	})

	it('can let an address expire', async () => {
		const origin = await started({ answer: scripts.expireAfter(1, 410) })
		expect([await fetch(origin), await fetch(origin)]).toMatchObject([{ status: 200 }, { status: 410 }])
	})

	it('can hand out links that expire each for itself', async () => {
		const origin = await started({ answer: scripts.expiringLinks(2) })
		const link = async (): Promise<string> => (await fetch(origin)).headers.location ?? ''
		const statuses = async (path: string): Promise<unknown[]> => [
			(await fetch(origin, {}, path)).status,
			(await fetch(origin, {}, path)).status,
			(await fetch(origin, {}, path)).status,
		]
		const first = await link()
		expect(await statuses(first)).toEqual([200, 200, 403])
		expect(await statuses(await link())).toEqual([200, 200, 403])
		expect(await statuses(first)).toEqual([403, 403, 403])
	})

	it.each([
		['503', 503],
		['403', 403],
		['429', 429],
		['reset', undefined],
		['hang', undefined],
	] as const)('can turn away more than some at once by %s', async (by, status) => {
		const cap = scripts.capConnections(2, by)
		const origin = await started({ answer: scripts.together(cap, request => (request.range ? { stallAt: 1 } : {})) })
		const agent = new Agent()
		onTestFinished(() => agent.destroy())
		const stalled = [0, 1].map(() => get(origin.url(), { agent, headers: { range: 'bytes=0-' } }).on('error', () => {}))
		await expect.poll(() => origin.bytesSent).toBe(2)
		const third = get(origin.url(), { agent }).on('error', () => {})
		await expect.poll(() => origin.requests[2]?.[status === undefined ? 'index' : 'status']).toBe(status ?? 2)
		if (by === 'reset') await expect.poll(() => origin.requests[2]?.outcome).toBe('cut')
		if (by === 'hang') expect(origin.requests[2]?.outcome).toBe('open')
		for (const client of [stalled[0], third]) client?.destroy()
		await expect.poll(() => origin.requests[0]?.outcome).toBe('gone')
		expect(await fetch(origin)).toMatchObject({ status: 200 })
	})

	it('can slow every so many', () => {
		const script = scripts.slowEvery(3, 10)
		expect([0, 1, 2, 3, 4, 5].map(n => script(anyRequest, n)?.slowedBy)).toEqual([
			undefined,
			undefined,
			10,
			undefined,
			undefined,
			10,
		])
	})

	it('can stall the first', async () => {
		const origin = await started({ answer: scripts.stallFirst(1, 7) })
		const first = get(origin.url(), { agent: false }, response => response.resume()).on('error', () => {})
		await expect.poll(() => origin.bytesSent).toBe(7)
		expect(await fetch(origin)).toMatchObject({ bytes: 100_000 })
		expect(origin.requests[0]?.outcome).toBe('open')
		first.destroy()
	})

	it('can give answers in their order', async () => {
		const origin = await started({ answer: scripts.inOrder({ status: 500 }, {}, { status: 404 }) })
		const statuses = []
		for (let n = 0; n < 4; n++) statuses.push((await fetch(origin)).status)
		expect(statuses).toEqual([500, 200, 404, 200])
	})
})

const anyRequest = {} as Parameters<ReturnType<typeof scripts.quarterOf503>>[0]

async function started(options: Partial<OriginOptions>): Promise<Origin> {
	const origin = await startOrigin({ body, ...options })
	onTestFinished(() => origin.close())
	return origin
}

interface Fetched {
	readonly status: number | undefined
	readonly headers: IncomingMessage['headers']
	readonly bytes: number
	readonly complete: boolean
}

async function fetch(origin: Origin, headers: Record<string, string> = {}, path?: string): Promise<Fetched> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		get(origin.url(path), { headers, agent: false }, resolve).on('error', reject)
	})
	let bytes = 0
	response.on('data', data => {
		bytes += data.length
	})
	response.on('error', () => {})
	await new Promise<void>(resolve => response.on('close', () => resolve()))
	return { status: response.statusCode, headers: response.headers, bytes, complete: response.complete }
}
