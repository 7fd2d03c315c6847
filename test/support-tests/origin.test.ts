import { Agent, get, type IncomingMessage } from 'node:http'
import { get as getByTls } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as connectByTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { certificates } from '../support/certificates.ts'
import { type Origin, startOrigin } from '../support/origin.ts'

const body = pseudoRandom(300_000)

describe('an origin left alone', () => {
	it('answers with the whole, its validators, and its length', async () => {
		await using origin = await startOrigin({ body })
		const whole = await fetch(origin)
		expect(whole.status).toBe(200)
		expect(whole.body.equals(body)).toBe(true)
		expect(whole.headers).toMatchObject({ 'content-length': '300000', 'accept-ranges': 'bytes' })
		expect(whole.headers.etag).toMatch(/^"[0-9a-f]{16}"$/)
		expect(whole.headers['last-modified']).toBe('Tue, 01 Feb 2022 10:00:00 GMT')
	})

	it.each([
		['bytes=0-', 206, 'bytes 0-299999/300000', 0, 300_000],
		['bytes=0-0', 206, 'bytes 0-0/300000', 0, 1],
		['bytes=100-1999', 206, 'bytes 100-1999/300000', 100, 2000],
		['bytes=299999-', 206, 'bytes 299999-299999/300000', 299_999, 300_000],
		['bytes=299000-400000', 206, 'bytes 299000-299999/300000', 299_000, 300_000],
		['bytes=-10', 206, 'bytes 299990-299999/300000', 299_990, 300_000],
		['bytes=-400000', 206, 'bytes 0-299999/300000', 0, 300_000],
		['bytes=9-3', 200, undefined, 0, 300_000],
		['bytes=0-1,5-6', 200, undefined, 0, 300_000],
		['lines=0-1', 200, undefined, 0, 300_000],
	])('answers %s with %i and %s', async (range, status, contentRange, start, end) => {
		await using origin = await startOrigin({ body })
		const part = await fetch(origin, { range })
		expect(part.status).toBe(status)
		expect(part.headers['content-range']).toBe(contentRange)
		expect(part.body.equals(body.subarray(start, end))).toBe(true)
	})

	it.each([
		['bytes=300000-', 300_000],
		['bytes=-0', 300_000],
		['bytes=0-', 0],
	])('refuses %s of %i bytes', async (range, bytes) => {
		await using origin = await startOrigin({ body: body.subarray(0, bytes) })
		const refusal = await fetch(origin, { range })
		expect(refusal.status).toBe(416)
		expect(refusal.headers['content-range']).toBe(`bytes */${bytes}`)
	})

	it('honours a range only where If-Range names the version', async () => {
		const lastModified = 'Wed, 01 Jan 2020 00:00:00 GMT'
		await using origin = await startOrigin({ body: { body, etag: '"a"', lastModified } })
		await using weak = await startOrigin({ body: { body, etag: 'W/"a"', lastModified: null } })
		const statusFor = async (at: Origin, condition: string): Promise<number | undefined> =>
			(await fetch(at, { range: 'bytes=1-2', 'if-range': condition })).status
		expect(await statusFor(origin, '"a"')).toBe(206)
		expect(await statusFor(origin, '"b"')).toBe(200)
		expect(await statusFor(origin, lastModified)).toBe(206)
		expect(await statusFor(origin, 'Wed, 01 Jan 2020 00:00:01 GMT')).toBe(200)
		expect(await statusFor(weak, 'W/"a"')).toBe(200)
	})

	it('keeps a connection for the next request, unless it is asked not to', async () => {
		await using origin = await startOrigin({ body })
		const agent = new Agent({ keepAlive: true, maxSockets: 1 })
		for (let n = 0; n < 3; n++) await fetch(origin, { range: 'bytes=0-9' }, agent)
		agent.destroy()
		await fetch(origin, { connection: 'close' })
		expect(origin.requests.map(({ connection }) => connection)).toEqual([0, 0, 0, 1])
	})

	it('answers requests that come at once in their order', async () => {
		await using origin = await startOrigin({ body })
		const { text } = await talk(
			origin,
			ask('/a', 'Range: bytes=0-4') + ask('/b', 'Range: bytes=5-9', 'Connection: close'),
		)
		const bodies = text.split(/HTTP\/1\.1[\s\S]*?\r\n\r\n/)
		expect(bodies).toEqual(['', body.toString('latin1', 0, 5), body.toString('latin1', 5, 10)])
	})

	it('ends the connection after its answer to a client of HTTP/1.0 that does not ask to keep it', async () => {
		await using origin = await startOrigin({ body })
		const { text } = await talk(origin, 'GET /x HTTP/1.0\r\nRange: bytes=0-4\r\n\r\n')
		expect(text).toContain('\r\nConnection: close\r\n')
		expect(text.endsWith(`\r\n\r\n${body.toString('latin1', 0, 5)}`)).toBe(true)
	})

	it('answers HEAD as GET without a body', async () => {
		await using origin = await startOrigin({ body })
		const { text } = await talk(origin, 'HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
		expect(text).toContain('\r\nContent-Length: 300000\r\n')
		expect(text.endsWith('\r\n\r\n')).toBe(true)
	})

	it('records what was asked and what became of it', async () => {
		await using origin = await startOrigin({ body })
		await fetch(origin, { range: 'bytes=10-19', 'X-One': '1' })
		await fetch(origin, { range: 'bytes=-5' })
		expect(origin.requests).toMatchObject([
			{
				index: 0,
				method: 'GET',
				path: '/file.bin',
				status: 206,
				bytesSent: 10,
				outcome: 'whole',
				range: { start: 10, end: 20 },
			},
			{ index: 1, status: 206, bytesSent: 5, range: { suffix: 5 } },
		])
		expect(origin.requests[0]?.headers['x-one']).toBe('1')
		expect(origin.requests[0]?.headerList).toContainEqual(['X-One', '1'])
		expect(origin.bytesSent).toBe(15)
	})

	it('speaks TLS', async () => {
		const { ca, ...tls } = await certificates()
		await using origin = await startOrigin({ body, tls })
		const response = await new Promise<IncomingMessage>(resolve =>
			getByTls(origin.url(), { ca, agent: false }, resolve),
		)
		expect((await read(response)).equals(body)).toBe(true)
	})

	it('comes back where it was', async () => {
		const before = await startOrigin({ body })
		await before.close()
		await using after = await startOrigin({ body, port: before.port })
		expect((await fetch(after)).body.equals(body)).toBe(true)
	})

	it('sends no further than a client reads', async () => {
		const large = pseudoRandom(64 * 1024 * 1024)
		await using origin = await startOrigin({ body: large })
		const client = connect(origin.port, '127.0.0.1').pause()
		client.write(ask('/file.bin'))
		// The kernel's buffers fill up; when two looks agree, nothing moves any more.
		await expect
			.poll(
				sameAsBefore(() => origin.bytesSent),
				{ interval: 100 },
			)
			.toBe(true)
		expect(origin.bytesSent).toBeGreaterThan(0)
		expect(origin.bytesSent).toBeLessThan(large.length / 2)
		client.destroy()
		await expect.poll(() => origin.requests[0]?.outcome).toBe('gone')
		await expect.poll(() => origin.connectionsOpen).toBe(0)
	})
})

describe('an origin that was told to', () => {
	it('puts the fields of an answer in place of the right ones', async () => {
		const headers = { ETAG: '"other"', 'Last-Modified': null, 'X-Two': ['a', 'b'], 'Content-Length': '7' }
		await using origin = await startOrigin({
			body,
			answer: () => ({ status: 203, reason: 'Odd', body: 'seven b', headers }),
		})
		const { text } = await talk(origin, ask('/x', 'Connection: close'))
		expect(text).toMatch(/^HTTP\/1.1 203 Odd\r\n/)
		expect(text).toMatch(/\r\nETAG: "other"\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 7\r\n\r\nseven b$/)
		expect(text).not.toMatch(/^(etag|last-modified):/m)
	})

	it('lies about ranges', async () => {
		await using shifted = await startOrigin({ body, answer: () => ({ range: { start: 5, end: 10 } }) })
		const other = await fetch(shifted, { range: 'bytes=0-4' })
		expect([other.status, other.headers['content-range']]).toEqual([206, 'bytes 5-9/300000'])
		expect(other.body.equals(body.subarray(5, 10))).toBe(true)
		await using silent = await startOrigin({ body, answer: () => ({ contentRange: null }) })
		const bare = await fetch(silent, { range: 'bytes=0-4' })
		expect([bare.status, bare.headers['content-range']]).toEqual([206, undefined])
		await using claiming = await startOrigin({ body, answer: () => ({ contentRange: 'bytes 0-4/7' }) })
		expect((await fetch(claiming, { range: 'bytes=9-13' })).headers['content-range']).toBe('bytes 0-4/7')
	})

	it.each(['chunked', 'close'] as const)('marks the end by %s', async framing => {
		await using origin = await startOrigin({ body, answer: () => ({ framing }) })
		const response = await fetch(origin, { range: 'bytes=7-200006' })
		expect(response.headers['content-length']).toBeUndefined()
		expect(response.complete).toBe(true)
		expect(response.body.equals(body.subarray(7, 200_007))).toBe(true)
	})

	describe.each(['length', 'chunked', 'close'] as const)('with framing by %s', framing => {
		it.each([
			['fin', 0],
			['fin', 12_345],
			['fin', 300_000],
			['rst', 0],
			['rst', 12_345],
			['rst', 300_000],
		] as const)('cuts by %s after %i bytes', async (by, at) => {
			await using origin = await startOrigin({ body, answer: () => ({ framing, cut: { at, by } }) })
			const { text, end } = await talk(origin, ask('/x'))
			const head = text.slice(0, text.indexOf('\r\n\r\n') + 4)
			expect(head).toMatch(/^HTTP\/1.1 200 OK\r\n/)
			expect(end).toBe(by)
			const sent = text.slice(head.length)
			const { content, ended } = framing === 'chunked' ? dechunk(sent) : { content: sent, ended: false }
			expect(content.length).toBe(at)
			expect(content === body.toString('latin1', 0, at)).toBe(true)
			expect(ended).toBe(false)
			expect(origin.requests[0]).toMatchObject({ bytesSent: at, outcome: 'cut' })
		})
	})

	it.each(['fin', 'bare-fin', 'rst'] as const)('cuts by %s under TLS', async by => {
		const { ca, ...tls } = await certificates()
		await using origin = await startOrigin({ body, tls, answer: () => ({ cut: { at: 200_000, by } }) })
		const { text, end } = await talk(origin, ask('/x'), ca)
		expect(text.slice(text.indexOf('\r\n\r\n') + 4) === body.toString('latin1', 0, 200_000)).toBe(true)
		expect(end).toBe(by === 'rst' ? 'rst' : 'fin')
	})

	it('leaves a body whole that is shorter than its cut', async () => {
		await using origin = await startOrigin({ body, answer: () => ({ cut: { at: 1000, by: 'rst' } }) })
		const part = await fetch(origin, { range: 'bytes=0-99' })
		expect(part.complete).toBe(true)
		expect(part.body.equals(body.subarray(0, 100))).toBe(true)
	})

	it('says any bytes at all', async () => {
		const raw = 'HTTP/1.1 200 OK\nbare: lf\n\nhello'
		await using origin = await startOrigin({ body, answer: () => ({ raw }) })
		expect(await talk(origin, ask('/x'))).toEqual({ text: raw, end: 'fin' })
		await using silent = await startOrigin({ body, answer: () => ({ raw: '', cut: { at: 0, by: 'rst' } }) })
		expect(await talk(silent, ask('/x'))).toEqual({ text: '', end: 'rst' })
	})

	it('takes a request and never answers', async () => {
		await using origin = await startOrigin({ body, answer: () => ({ hang: true }) })
		const client = connect(origin.port, '127.0.0.1')
		client.write(ask('/x'))
		await expect.poll(() => origin.requests.length).toBe(1)
		expect(origin.requests[0]).toMatchObject({ status: undefined, outcome: 'open' })
		client.destroy()
		await expect.poll(() => origin.requests[0]?.outcome).toBe('gone')
	})

	it('stalls at a byte, for ever or for a time', async () => {
		await using forEver = await startOrigin({ body, answer: () => ({ stallAt: 1000 }) })
		const client = connect(forEver.port, '127.0.0.1').resume()
		client.write(ask('/x'))
		await expect.poll(() => forEver.bytesSent).toBe(1000)
		expect(forEver.requests[0]?.outcome).toBe('open')
		client.destroy()
		await using forATime = await startOrigin({ body, answer: () => ({ stallAt: 1000, stallMs: 50 }) })
		expect((await fetch(forATime)).body.equals(body)).toBe(true)
	})

	it('changes its version when it is told', async () => {
		await using origin = await startOrigin({ body: [body, pseudoRandom(1000, 2)] })
		const before = await fetch(origin)
		origin.setVersion(1)
		const after = await fetch(origin, { range: 'bytes=0-', 'if-range': before.headers.etag ?? '' })
		expect(after.status).toBe(200)
		expect(after.headers.etag).not.toBe(before.headers.etag)
		expect(after.body.equals(pseudoRandom(1000, 2))).toBe(true)
	})

	it('resets connections beyond its limit and forgets those that left', async () => {
		await using origin = await startOrigin({ body, maxConnections: 1, answer: () => ({ stallAt: 1 }) })
		const first = connect(origin.port, '127.0.0.1').resume()
		first.write(ask('/x'))
		await expect.poll(() => origin.bytesSent).toBe(1)
		expect((await talk(origin, ask('/x'))).end).toBe('rst')
		expect(origin.connectionsPeak).toBe(1)
		first.destroy()
		await expect.poll(() => origin.connectionsOpen).toBe(0)
		const second = connect(origin.port, '127.0.0.1').resume()
		second.write(ask('/x'))
		await expect.poll(() => origin.bytesSent).toBe(2)
		second.destroy()
	})

	it('tells of a script that fails', async () => {
		const origin = await startOrigin({
			body,
			answer: () => {
				throw new Error('my script')
			},
		})
		expect((await talk(origin, ask('/x'))).end).toBe('rst')
		await expect(origin.close()).rejects.toThrow('my script')
	})
})

interface Fetched {
	readonly status: number | undefined
	readonly headers: IncomingMessage['headers']
	readonly body: Buffer
	readonly complete: boolean
}

async function fetch(
	origin: Origin,
	headers: Record<string, string> = {},
	agent: Agent | false = false,
): Promise<Fetched> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		get(origin.url(), { headers, agent }, resolve).on('error', reject)
	})
	const content = await read(response)
	return { status: response.statusCode, headers: response.headers, body: content, complete: response.complete }
}

async function read(response: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = []
	for await (const part of response) parts.push(part as Buffer)
	return Buffer.concat(parts)
}

function ask(path: string, ...fields: readonly string[]): string {
	return ['GET', path, 'HTTP/1.1\r\nHost: x'].join(' ') + ['', ...fields, '', ''].join('\r\n')
}

/** Says something to the origin and listens until the connection ends; `end` is how. */
function talk(origin: Origin, text: string, ca?: string): Promise<{ text: string; end: 'fin' | 'rst' }> {
	return new Promise(resolve => {
		let heard = ''
		let end: 'fin' | 'rst' = 'fin'
		const say = (): unknown => socket.write(text)
		const address = { port: origin.port, host: '127.0.0.1' }
		const socket: Socket = ca === undefined ? connect(address, say) : connectByTls({ ...address, ca }, say)
		socket.setEncoding('latin1')
		socket.on('data', data => {
			heard += data
		})
		// Node may report an RST as an end; the peer's address, not asked for before, then is not there any more.
		socket.on('end', () => {
			if (socket.remoteAddress === undefined) end = 'rst'
		})
		socket.on('error', () => {
			end = 'rst'
		})
		socket.on('close', () => resolve({ text: heard, end }))
	})
}

function dechunk(text: string): { content: string; ended: boolean } {
	let content = ''
	for (let at = 0; at < text.length; ) {
		const lineEnd = text.indexOf('\r\n', at)
		const bytes = Number.parseInt(text.slice(at, lineEnd), 16)
		if (bytes === 0) return { content, ended: text.slice(lineEnd) === '\r\n\r\n' }
		content += text.slice(lineEnd + 2, lineEnd + 2 + bytes)
		at = lineEnd + 2 + bytes + 2
	}
	return { content, ended: false }
}

function sameAsBefore(value: () => number): () => boolean {
	let before = Number.NaN
	return () => {
		const same = value() === before
		before = value()
		return same
	}
}
