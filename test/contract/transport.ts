import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { CancelSource, neverCancelled } from '../../src/base/abort.ts'
import type { BodyEnd, Transport } from '../../src/transport/contract.ts'
import { pseudoRandom } from '../support/body.ts'
import { type RawServer, reset } from '../support/raw-server.ts'
import { answering, Collector, chunked, fetchWhole, get, until } from '../transport/asking.ts'

/** A transport, and a server that it can reach. */
export interface TransportSetting {
	readonly transport: Transport
	serve(onConnection: (socket: Socket, index: number) => void): Promise<RawServer>
}

const body = pseudoRandom(300_000)
const withLength = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body])
const inChunks = Buffer.concat([
	Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
	chunked(body, [1, 70_000, 4096]),
])
const untilClose = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), body])

/** What `src/transport/contract.ts` promises of every transport. */
export function transportContract(name: string, open: () => Promise<TransportSetting>): void {
	describe(`${name} keeps the contract of a transport`, () => {
		const framings: [BodyEnd['framing'], Buffer][] = [
			['length', withLength],
			['chunked', inChunks],
			['close', untilClose],
		]

		for (const [framing, wire] of framings) {
			test.each([1000, 16 * 1024, 1 << 20])(
				`a body framed by ${framing} arrives whole in blocks of %i bytes`,
				async blockBytes => {
					await using it = await opened(
						open,
						answering(({ socket }) => finish(socket, wire, framing === 'close')),
					)
					const { end, bytes } = await fetchWhole(it.transport, get(it.origin), { blockBytes })
					expect(bytes.equals(body)).toBe(true)
					expect(end).toEqual({ framing, bytes: body.length, lengthVerified: framing !== 'close' })
				},
			)

			test(`a body framed by ${framing} arrives whole though the reader pauses after every block`, async () => {
				await using it = await opened(
					open,
					answering(({ socket }) => finish(socket, wire, framing === 'close')),
				)
				const exchange = await it.transport.send(get(it.origin), neverCancelled)
				const collector = new Collector(10_000, () => {
					setImmediate(() => exchange.resume())
					return true
				})
				const end = await exchange.receive(collector)
				expect(collector.bytes.equals(body)).toBe(true)
				expect(end.bytes).toBe(body.length)
			})

			test(`a body framed by ${framing} and cut by a reset is never whole`, async () => {
				await using it = await opened(
					open,
					answering(({ socket }) => socket.write(wire.subarray(0, 100_000), () => reset(socket))),
				)
				await expect(fetchWhole(it.transport, get(it.origin))).rejects.toMatchObject({ code: 'E_NETWORK' })
			})
		}

		test('a body shorter than its length is E_TRUNCATED, with the bytes that came', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.end(withLength.subarray(0, 100_000))),
			)
			await expect(fetchWhole(it.transport, get(it.origin))).rejects.toMatchObject({
				code: 'E_TRUNCATED',
				details: { expectedBytes: body.length },
			})
		})

		test('a chunked body without its last chunk is E_TRUNCATED', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.end(inChunks.subarray(0, -5))),
			)
			await expect(fetchWhole(it.transport, get(it.origin))).rejects.toMatchObject({ code: 'E_TRUNCATED' })
		})

		test('bytes after a body of known length belong to nothing, and the connection is not used again', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.write(Buffer.concat([withLength, Buffer.from('HTTP/1.1 200 OK\r\n\r\n')]))),
			)
			const first = await fetchWhole(it.transport, get(it.origin))
			const second = await fetchWhole(it.transport, get(it.origin))
			expect(first.bytes.equals(body) && second.bytes.equals(body)).toBe(true)
			expect(second.exchange.via.reused).toBe(false)
		})

		test('the head tells status, reason, fields and length', async () => {
			const head = 'HTTP/1.1 206 Some of it\r\nETag: "a"\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 3\r\n\r\nabc'
			await using it = await opened(
				open,
				answering(({ socket }) => socket.write(head)),
			)
			const { exchange } = await fetchWhole(it.transport, get(it.origin))
			expect(exchange.head).toMatchObject({ status: 206, reason: 'Some of it', contentLength: 3 })
			expect([...exchange.head.fields]).toEqual([
				['etag', '"a"'],
				['x-two', '1, 2'],
				['content-length', '3'],
			])
		})

		test('a connection serves the next request, and says so', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.write(withLength)),
			)
			const first = await fetchWhole(it.transport, get(it.origin))
			const second = await fetchWhole(it.transport, get(it.origin))
			expect(first.exchange.via).toMatchObject({ connection: 1, reused: false })
			expect(second.exchange.via).toMatchObject({ connection: 1, reused: true, connectMs: 0 })
			expect(second.bytes.equals(body)).toBe(true)
		})

		test('a reader that paused gets no call and no byte until it resumes', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.write(withLength)),
			)
			const exchange = await it.transport.send(get(it.origin), neverCancelled)
			const memory = Buffer.alloc(64 * 1024, 0xa5)
			let calls = 0
			let paused = false
			let filledBytes = 0
			const received = exchange.receive({
				memory: () => {
					expect(paused).toBe(false)
					return memory
				},
				filled: bytes => {
					expect(paused).toBe(false)
					calls += 1
					filledBytes += bytes
					paused = calls === 1
					if (paused) memory.fill(0xa5)
					return !paused
				},
			})
			await until(() => paused)
			for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
			expect(memory.every(byte => byte === 0xa5)).toBe(true)
			paused = false
			exchange.resume()
			expect((await received).bytes).toBe(body.length)
			expect(filledBytes).toBe(body.length)
		})

		test('a cancelled exchange rejects with the reason, lets go of the memory and of the connection', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.write(withLength.subarray(0, 50_000))),
			)
			const cancel = new CancelSource()
			const exchange = await it.transport.send(get(it.origin), cancel)
			const collector = new Collector()
			const received = exchange.receive(collector)
			await until(() => collector.received > 0)
			const reason = new Error('enough')
			cancel.cancel(reason)
			const bytes = collector.received
			await expect(received).rejects.toBe(reason)
			expect(collector.received).toBe(bytes)
			await until(() => it.connections() === 0)
		})

		test('an exchange cancelled before its body was asked for rejects with the reason', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.write(withLength)),
			)
			const exchange = await it.transport.send(get(it.origin), neverCancelled)
			const reason = new Error('not wanted')
			exchange.cancel(reason)
			await expect(exchange.receive(new Collector())).rejects.toBe(reason)
			await until(() => it.connections() === 0)
		})

		test('a request cancelled while its head is awaited rejects with the reason', async () => {
			let asked = false
			const onConnection = answering(() => {
				asked = true
			})
			await using it = await opened(open, onConnection)
			const cancel = new CancelSource()
			const sent = it.transport.send(get(it.origin), cancel)
			await until(() => asked)
			cancel.cancel('changed my mind')
			await expect(sent).rejects.toBe('changed my mind')
			await until(() => it.connections() === 0)
		})

		test('close ends what is open and leaves no socket', async () => {
			await using it = await opened(
				open,
				answering(({ socket }) => socket.write(withLength.subarray(0, 50_000))),
			)
			const exchange = await it.transport.send(get(it.origin), neverCancelled)
			const received = exchange.receive(new Collector())
			const [outcome] = await Promise.allSettled([received, it.transport.close()])
			expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'E_ABORTED' } })
			await until(() => it.connections() === 0)
			await expect(it.transport.send(get(it.origin), neverCancelled)).rejects.toMatchObject({ code: 'E_ABORTED' })
		})
	})
}

function finish(socket: Socket, wire: Buffer, byClosing: boolean): void {
	if (byClosing) socket.end(wire)
	else socket.write(wire)
}

interface Opened extends AsyncDisposable {
	readonly transport: Transport
	readonly origin: string
	connections(): number
}

async function opened(
	open: () => Promise<TransportSetting>,
	onConnection: (socket: Socket, index: number) => void,
): Promise<Opened> {
	const { transport, serve } = await open()
	const server = await serve(onConnection)
	return {
		transport,
		origin: server.origin,
		connections: server.connections,
		[Symbol.asyncDispose]: async () => {
			await transport.close()
			await server.close()
		},
	}
}
