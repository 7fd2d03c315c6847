import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/api/system.ts'
import { neverCancelled } from '../../src/base/abort.ts'
import type { BodyEnd, Transport } from '../../src/transport/contract.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { pseudoRandom } from '../support/body.ts'
import { certificates } from '../support/certificates.ts'
import { Collector, chunked, get, until } from './asking.ts'
import { type Cut, type CuttingServer, startCuttingServer } from './cutting-server.ts'

const body = pseudoRandom(200_000)

interface Wire {
	readonly framing: BodyEnd['framing']
	readonly head: Buffer
	readonly bytes: Buffer
}

const wireOf = (framing: BodyEnd['framing'], fields: string, encoded: Buffer): Wire => {
	const head = Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n`)
	return { framing, head, bytes: Buffer.concat([head, encoded]) }
}

const wires: readonly Wire[] = [
	wireOf('length', `Content-Length: ${body.length}\r\n`, body),
	wireOf('chunked', 'Transfer-Encoding: chunked\r\n', chunked(body, [10_000, 7])),
	wireOf('close', '', body),
]

/** How the reader behaves while the response is cut. */
const readers = {
	plain: receivePlainly,
	'that comes late': receiveLate,
	'that has paused': receivePaused,
	'whose event loop is busy': receiveBusy,
}

/** Where a response is cut: in the head, at its end, around the end of the body, and at three places in between. */
function offsets(wire: Wire, seed: number): number[] {
	const { length } = wire.bytes
	const between = fc.sample(fc.integer({ min: wire.head.length, max: length - 3 }), { seed, numRuns: 3 })
	return [wire.head.length - 1, wire.head.length, ...between, length - 2, length - 1]
}

describe.each([
	['TCP', false, ['fin', 'reset'] as const],
	['TLS', true, ['fin', 'bare-fin', 'reset'] as const],
])('over %s', (_, secure, cuts: readonly Cut[]) => {
	test.each(Object.keys(readers) as (keyof typeof readers)[])(
		'a reader %s takes no cut response for a whole one',
		async reader => {
			const keys = await certificates()
			await using server = await startCuttingServer(
				wires.map(({ bytes }) => bytes),
				secure ? keys : undefined,
			)
			const transport = createTransport({ clock: systemClock, tls: { ca: keys.ca } })
			for (const [index, wire] of wires.entries()) {
				for (const [turn, cut] of cuts.entries()) {
					for (const offset of offsets(wire, 10 * index + turn)) {
						const collector = new Collector(32 * 1024)
						const path = server.path(index, offset, cut)
						const [outcome] = await Promise.allSettled([readers[reader](transport, server, path, collector)])
						const what = `${path} of ${wire.bytes.length}`
						expect(body.subarray(0, collector.received).equals(collector.bytes), what).toBe(true)
						expect(summary(outcome), what).toEqual(expected(wire, offset, cut))
					}
				}
			}
			await transport.close()
		},
	)
})

function summary(outcome: PromiseSettledResult<BodyEnd> | undefined): unknown {
	if (outcome?.status === 'fulfilled') return outcome.value
	return outcome?.reason.code ?? outcome?.reason
}

function expected(wire: Wire, offset: number, cut: Cut): unknown {
	if (cut === 'reset' || offset < wire.head.length) return 'E_NETWORK'
	if (wire.framing !== 'close') return 'E_TRUNCATED'
	return { framing: 'close', bytes: offset - wire.head.length, lengthVerified: false }
}

async function receivePlainly(
	transport: Transport,
	server: CuttingServer,
	path: string,
	collector: Collector,
): Promise<BodyEnd> {
	const exchange = await transport.send(get(server.origin + path), neverCancelled)
	return exchange.receive(collector)
}

async function receiveLate(
	transport: Transport,
	server: CuttingServer,
	path: string,
	collector: Collector,
): Promise<BodyEnd> {
	const before = server.cuts()
	const exchange = await transport.send(get(server.origin + path), neverCancelled)
	await until(() => server.cuts() > before)
	return exchange.receive(collector)
}

async function receivePaused(
	transport: Transport,
	server: CuttingServer,
	path: string,
	collector: Collector,
): Promise<BodyEnd> {
	const before = server.cuts()
	const exchange = await transport.send(get(server.origin + path), neverCancelled)
	let pauses = 0
	const received = exchange.receive({
		memory: () => collector.memory(),
		filled: bytes => {
			collector.filled(bytes)
			pauses += 1
			return pauses > 1
		},
	})
	received.catch(() => {})
	await until(() => server.cuts() > before)
	exchange.resume()
	return received
}

async function receiveBusy(
	transport: Transport,
	server: CuttingServer,
	path: string,
	collector: Collector,
): Promise<BodyEnd> {
	const before = server.cuts()
	const exchange = await transport.send(get(server.origin + path), neverCancelled)
	return exchange.receive({
		memory: () => collector.memory(),
		filled: bytes => {
			while (server.cuts() === before) {}
			return collector.filled(bytes)
		},
	})
}
