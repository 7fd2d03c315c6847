import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/api/system.ts'
import { CancelSource, neverCancelled } from '../../src/base/abort.ts'
import type { Transport } from '../../src/transport/contract.ts'
import { createTransport, type TransportOptions } from '../../src/transport/transport.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type RawServer, reset, startRawServer } from '../support/raw-server.ts'
import { answering, Collector, fetchWhole, get, until } from './asking.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
	for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

async function serve(onConnection: (socket: Socket, index: number) => void): Promise<RawServer> {
	const server = await startRawServer(onConnection)
	open.push(server)
	return server
}

function transportWith(options: Partial<TransportOptions> = {}): Transport {
	const transport = createTransport({ clock: systemClock, ...options })
	open.push({ [Symbol.asyncDispose]: () => transport.close() })
	return transport
}

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody'

describe('the wait for a head', () => {
	test('interim responses are passed over', async () => {
		const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(20)
		const server = await serve(answering(({ socket }) => socket.write(interim + whole)))
		const { exchange, bytes } = await fetchWhole(transportWith(), get(server.origin))
		expect(exchange.head.status).toBe(200)
		expect(bytes.toString()).toBe('body')
	})

	test.each([
		['more than twenty interim responses', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(21) + whole],
		['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
		['something that is not HTTP', '220 ready\r\n'],
	])('%s is E_PROTOCOL, and the connection is dropped', async (_, wire) => {
		const server = await serve(answering(({ socket }) => socket.write(wire)))
		const sent = fetchWhole(transportWith(), get(`${server.origin}/a?secret`))
		await expect(sent).rejects.toMatchObject({ code: 'E_PROTOCOL' })
		await expect(sent).rejects.not.toThrow(/secret/)
		await until(() => server.connections() === 0)
	})

	test('a head in single bytes is a head', async () => {
		const server = await serve(
			answering(async ({ socket }) => {
				for (const byte of whole) await new Promise<void>(resolve => socket.write(byte, () => setImmediate(resolve)))
			}),
		)
		expect((await fetchWhole(transportWith(), get(server.origin))).bytes.toString()).toBe('body')
	})

	test('a first connection that closes without an answer is E_NETWORK and is not asked again', async () => {
		let asked = 0
		const server = await serve(
			answering(({ socket }) => {
				asked += 1
				socket.end()
			}),
		)
		await expect(transportWith().send(get(server.origin), neverCancelled)).rejects.toMatchObject({ code: 'E_NETWORK' })
		expect(asked).toBe(1)
	})

	test('a reset says so', async () => {
		const server = await serve(answering(({ socket }) => reset(socket)))
		await expect(transportWith().send(get(server.origin), neverCancelled)).rejects.toMatchObject({
			code: 'E_NETWORK',
			details: { code: 'ECONNRESET' },
		})
	})
})

describe('a connection that is kept', () => {
	test.each<[name: string, leave: (socket: Socket) => void]>([
		['closed', socket => socket.end()],
		['reset', reset],
	])('and %s by the server while the next request is on its way costs nothing but a new one', async (_, leave) => {
		const server = await serve(
			answering(({ socket, nth }) => {
				if (nth === 0) socket.write(whole)
				else leave(socket)
			}),
		)
		const transport = transportWith()
		await fetchWhole(transport, get(server.origin))
		const second = await fetchWhole(transport, get(server.origin))
		expect(second.bytes.toString()).toBe('body')
		expect(second.exchange.via).toMatchObject({ connection: 2, reused: false })
	})

	test('is replaced once only', async () => {
		let asked = 0
		const server = await serve(
			answering(({ socket }) => {
				asked += 1
				if (asked === 1) socket.write(whole)
				else socket.end()
			}),
		)
		const transport = transportWith()
		await fetchWhole(transport, get(server.origin))
		await expect(transport.send(get(server.origin), neverCancelled)).rejects.toMatchObject({ code: 'E_NETWORK' })
		expect(asked).toBe(3)
	})

	test('is not replaced once an answer has begun', async () => {
		const server = await serve(
			answering(({ socket, nth }) => {
				if (nth === 0) socket.write(whole)
				else socket.end('HTTP/1.1 200')
			}),
		)
		const transport = transportWith()
		await fetchWhole(transport, get(server.origin))
		await expect(transport.send(get(server.origin), neverCancelled)).rejects.toMatchObject({ code: 'E_NETWORK' })
	})

	test.each<[name: string, disturb: (socket: Socket) => void]>([
		['that says something unasked', socket => socket.write('HTTP/1.1 408 Timeout\r\n\r\n')],
		['that is closed', socket => socket.end()],
		['that is reset', reset],
	])('%s is dropped', async (_, disturb) => {
		const sockets: Socket[] = []
		const server = await serve(
			answering(({ socket }) => {
				sockets.push(socket)
				socket.write(whole)
			}),
		)
		const transport = transportWith()
		await fetchWhole(transport, get(server.origin))
		disturb(sockets[0] as Socket)
		await until(() => server.connections() === 0)
		expect((await fetchWhole(transport, get(server.origin))).exchange.via).toMatchObject({
			connection: 2,
			reused: false,
		})
	})

	test('is dropped after its idle time', async () => {
		const server = await serve(answering(({ socket }) => socket.write(whole)))
		const clock = new FakeClock()
		await fetchWhole(transportWith({ clock, idleTimeoutMs: 5000 }), get(server.origin))
		await clock.advance(4999)
		expect(server.connections()).toBe(1)
		await clock.advance(1)
		await until(() => server.connections() === 0)
		expect(clock.pending).toBe(0)
	})

	test.each([
		['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody'],
		['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody'],
	])('is not what %s makes', async (_, wire) => {
		const server = await serve(answering(({ socket }) => socket.write(wire)))
		expect((await fetchWhole(transportWith(), get(server.origin))).bytes.toString()).toBe('body')
		await until(() => server.connections() === 0)
	})

	test('serves one request at a time', async () => {
		const server = await serve(answering(({ socket }) => socket.write(whole)))
		const transport = transportWith()
		await Promise.all([1, 2, 3].map(() => fetchWhole(transport, get(server.origin))))
		expect(server.connections()).toBe(3)
		await Promise.all([1, 2, 3].map(() => fetchWhole(transport, get(server.origin))))
		expect(server.connections()).toBe(3)
	})
})

describe('a server that goes silent', () => {
	test('before its head is E_STALLED after the stall timeout', async () => {
		let asked = 0
		const server = await serve(
			answering(({ socket }) => {
				asked += 1
				socket.write('HTTP/1.1 2')
			}),
		)
		const clock = new FakeClock()
		const sent = transportWith({ clock }).send(get(server.origin, { stallTimeoutMs: 3000 }), neverCancelled)
		sent.catch(() => {})
		await until(() => asked === 1)
		await clock.advance(2999)
		expect(server.connections()).toBe(1)
		await clock.advance(1)
		await expect(sent).rejects.toMatchObject({ code: 'E_STALLED' })
		await until(() => server.connections() === 0)
		expect(clock.pending).toBe(0)
	})

	test('in its body is E_STALLED after the stall timeout, counted from the last byte', async () => {
		const sockets: Socket[] = []
		const server = await serve(
			answering(({ socket }) => {
				sockets.push(socket)
				socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
			}),
		)
		const clock = new FakeClock()
		const exchange = await transportWith({ clock }).send(get(server.origin, { stallTimeoutMs: 3000 }), neverCancelled)
		const collector = new Collector()
		const received = exchange.receive(collector)
		received.catch(() => {})
		await clock.advance(2000)
		sockets[0]?.write('d')
		await until(() => collector.received === 4)
		await clock.advance(2999)
		expect(server.connections()).toBe(1)
		await clock.advance(1)
		await expect(received).rejects.toMatchObject({ code: 'E_STALLED', details: { bytes: 4 } })
		expect(clock.pending).toBe(0)
	})

	test('while the reader itself has paused is not held against it', async () => {
		const sockets: Socket[] = []
		const server = await serve(
			answering(({ socket }) => {
				sockets.push(socket)
				socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nb')
			}),
		)
		const clock = new FakeClock()
		const exchange = await transportWith({ clock }).send(get(server.origin, { stallTimeoutMs: 3000 }), neverCancelled)
		await clock.advance(60_000)
		const collector = new Collector(100, received => received === 1)
		const received = exchange.receive(collector)
		await clock.advance(60_000)
		exchange.resume()
		await clock.advance(2999)
		sockets[0]?.write('ody')
		expect((await received).bytes).toBe(4)
		expect(collector.bytes.toString()).toBe('body')
	})
})

describe('cancelling', () => {
	test('beforehand sends nothing', async () => {
		const server = await serve(() => {})
		const cancel = new CancelSource()
		cancel.cancel('no')
		await expect(transportWith().send(get(server.origin), cancel)).rejects.toBe('no')
		expect(server.connections()).toBe(0)
	})

	test('a paused exchange frees its connection', async () => {
		const server = await serve(
			answering(({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody')),
		)
		const cancel = new CancelSource()
		const exchange = await transportWith().send(get(server.origin), cancel)
		const received = exchange.receive(new Collector(10, () => true))
		cancel.cancel('enough')
		await expect(received).rejects.toBe('enough')
		await until(() => server.connections() === 0)
	})

	test('from within the intake stops the calls to it at once', async () => {
		const server = await serve(
			answering(({ socket }) =>
				socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n${'x'.repeat(400_000)}`),
			),
		)
		const exchange = await transportWith().send(get(server.origin), neverCancelled)
		let calls = 0
		const received = exchange.receive({
			memory: () => {
				expect(calls).toBe(0)
				return Buffer.alloc(100)
			},
			filled: () => {
				calls += 1
				exchange.cancel('enough')
				return true
			},
		})
		await expect(received).rejects.toBe('enough')
		expect(calls).toBe(1)
	})
})
