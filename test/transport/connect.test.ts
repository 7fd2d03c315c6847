import type { LookupAddress } from 'node:dns'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/api/system.ts'
import { CancelSource, neverCancelled } from '../../src/base/abort.ts'
import type { Transport } from '../../src/transport/contract.ts'
import { createTransport, type TransportOptions } from '../../src/transport/transport.ts'
import { certificates } from '../support/certificates.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type RawServer, startRawServer } from '../support/raw-server.ts'
import { answering, fetchWhole, get, until } from './asking.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
	for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

const once = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody'

async function serve(
	tls?: { cert: string; key: string },
	onConnection: (socket: Socket, index: number) => void = answering(({ socket }) => socket.write(once)),
): Promise<RawServer> {
	const server = await startRawServer(onConnection, { tls })
	open.push(server)
	return server
}

function transportWith(options: Partial<TransportOptions> = {}): Transport {
	const transport = createTransport({ clock: systemClock, ...options })
	open.push({ [Symbol.asyncDispose]: () => transport.close() })
	return transport
}

/** A look-up that gives these addresses and counts how often it was asked. */
function lookupOf(...addresses: string[]) {
	const asked: string[] = []
	const lookup = async (host: string): Promise<LookupAddress[]> => {
		asked.push(host)
		return addresses.map(address => ({ address, family: 4 }))
	}
	return { asked, lookup }
}

describe('reaching a host', () => {
	test('goes on to the next address where one refuses, and stays with the one that served', async () => {
		const server = await serve()
		const { asked, lookup } = lookupOf('127.0.0.2', '127.0.0.1')
		const transport = transportWith({ lookup })
		const url = `http://skein.test:${server.port}/`
		for (let turn = 0; turn < 3; turn++) expect((await fetchWhole(transport, get(url))).bytes.toString()).toBe('body')
		expect(asked).toEqual(['skein.test'])
	})

	test('asks for the name again after a failure', async () => {
		const server = await serve()
		const { asked, lookup } = lookupOf('127.0.0.1')
		const transport = transportWith({ lookup })
		const url = `http://skein.test:${server.port}/`
		await fetchWhole(transport, get(url))
		await server.close()
		await expect(transport.send(get(url), neverCancelled)).rejects.toMatchObject({
			code: 'E_NETWORK',
			details: { code: 'ECONNREFUSED', address: '127.0.0.1' },
		})
		await expect(transport.send(get(url), neverCancelled)).rejects.toMatchObject({ code: 'E_NETWORK' })
		expect(asked).toHaveLength(2)
	})

	test('whose name nobody knows is E_NETWORK with the code of the look-up', async () => {
		const lookup = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
		await expect(transportWith({ lookup }).send(get('http://skein.test/'), neverCancelled)).rejects.toMatchObject({
			code: 'E_NETWORK',
			details: { code: 'ENOTFOUND' },
		})
	})

	test.each([
		['its name takes too long', 'http://skein.test/', () => new Promise<never>(() => {})],
		['its TLS takes too long', undefined, undefined],
	])('is E_TIMEOUT where %s, and leaves no socket', async (_, url, lookup) => {
		const silent = await serve(undefined, socket => socket.resume())
		const clock = new FakeClock()
		const transport = transportWith({ clock, ...(lookup !== undefined && { lookup }) })
		const target = url ?? silent.origin.replace('http:', 'https:')
		const sent = transport.send(get(target, { connectTimeoutMs: 4000 }), neverCancelled)
		sent.catch(() => {})
		if (url === undefined) await until(() => silent.connections() === 1)
		await clock.advance(4000)
		await expect(sent).rejects.toMatchObject({ code: 'E_TIMEOUT' })
		await until(() => silent.connections() === 0)
		expect(clock.pending).toBe(0)
	})

	test.each([
		['resolving', 'http://skein.test/'],
		['shaking hands', undefined],
	])('can be cancelled while %s', async (_, url) => {
		const silent = await serve(undefined, socket => socket.resume())
		const transport = transportWith({ lookup: () => new Promise(() => {}) })
		const cancel = new CancelSource()
		const sent = transport.send(get(url ?? silent.origin.replace('http:', 'https:')), cancel)
		if (url === undefined) await until(() => silent.connections() === 1)
		cancel.cancel('enough')
		await expect(sent).rejects.toBe('enough')
		await until(() => silent.connections() === 0)
	})
})

describe("a server's certificate", () => {
	test('of a trusted authority and for the right name is accepted', async () => {
		const keys = await certificates()
		const server = await serve(keys)
		expect((await fetchWhole(transportWith({ tls: { ca: keys.ca } }), get(server.origin))).bytes.toString()).toBe(
			'body',
		)
	})

	test('is checked against the name, and the name is sent, not the address', async () => {
		const keys = await certificates()
		const names: unknown[] = []
		const server = await serve(keys.wrongName, (socket, index) => {
			names.push((socket as TLSSocket & { servername: unknown }).servername)
			answering(asked => asked.socket.write(once))(socket, index)
		})
		const transport = transportWith({ tls: { ca: keys.ca }, lookup: lookupOf('127.0.0.1').lookup })
		await fetchWhole(transport, get(`https://other.example:${server.port}/`))
		expect(names).toEqual(['other.example'])
		await expect(transport.send(get(`https://another.example:${server.port}/`), neverCancelled)).rejects.toMatchObject({
			code: 'E_TLS',
		})
	})

	test.each([
		['for another name', 'wrongName', 'ERR_TLS_CERT_ALTNAME_INVALID'],
		['that nobody vouches for', 'selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
		['that has expired', 'expired', 'CERT_HAS_EXPIRED'],
	] as const)('%s is E_TLS, and accepted where the user said so', async (_, kind, code) => {
		const keys = await certificates()
		const server = await serve(keys[kind])
		const refused = transportWith({ tls: { ca: keys.ca } }).send(get(server.origin), neverCancelled)
		await expect(refused).rejects.toMatchObject({ code: 'E_TLS', details: { code }, hint: expect.any(String) })
		const insecure = transportWith({ tls: { insecure: true } })
		expect((await fetchWhole(insecure, get(server.origin))).bytes.toString()).toBe('body')
		await until(() => server.connections() === 0)
	})

	test('of an authority that nobody knows is E_TLS by default', async () => {
		const server = await serve(await certificates())
		await expect(transportWith().send(get(server.origin), neverCancelled)).rejects.toMatchObject({ code: 'E_TLS' })
	})

	test('of an authority that the system knows is accepted, and the system is asked once', async () => {
		const keys = await certificates()
		const server = await serve(keys)
		let asked = 0
		const systemCa = async (): Promise<string> => {
			asked += 1
			return keys.ca
		}
		const transport = transportWith({ tls: { systemCa } })
		for (let turn = 0; turn < 3; turn++) await fetchWhole(transport, get(server.origin))
		expect(asked).toBe(1)
	})

	test('is not looked up in the system where the user named an authority', async () => {
		const keys = await certificates()
		const server = await serve(keys)
		const tls = { ca: keys.selfSigned.cert, systemCa: async () => keys.ca }
		const sent = transportWith({ tls }).send(get(server.origin), neverCancelled)
		await expect(sent).rejects.toMatchObject({ code: 'E_TLS' })
	})

	test('is wanted: a server that does not speak TLS is E_TLS', async () => {
		const server = await serve(undefined, socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
		const url = server.origin.replace('http:', 'https:')
		await expect(transportWith().send(get(url), neverCancelled)).rejects.toMatchObject({ code: 'E_TLS' })
	})
})

describe('a TLS session', () => {
	const resumed: boolean[] = []
	const noting = (socket: Socket, index: number): void => {
		resumed.push((socket as TLSSocket).isSessionReused())
		answering(asked => asked.socket.write(once))(socket, index)
	}
	afterEach(() => {
		resumed.length = 0
	})

	test('of a verified connection is resumed by the next', async () => {
		const keys = await certificates()
		const server = await serve(keys, noting)
		const transport = transportWith({ tls: { ca: keys.ca } })
		for (let turn = 0; turn < 3; turn++) await fetchWhole(transport, get(server.origin))
		expect(resumed).toEqual([false, true, true])
	})

	test('of a connection that was not verified is never resumed, nor trusted by one that verifies', async () => {
		const keys = await certificates()
		const server = await serve(keys.wrongName, noting)
		const insecure = transportWith({ tls: { insecure: true, ca: keys.ca } })
		for (let turn = 0; turn < 2; turn++) await fetchWhole(insecure, get(server.origin))
		expect(resumed).toEqual([false, false])
		const verifying = transportWith({ tls: { ca: keys.ca } })
		await expect(verifying.send(get(server.origin), neverCancelled)).rejects.toMatchObject({ code: 'E_TLS' })
	})

	test('of one name is not resumed for another at the same address', async () => {
		const keys = await certificates()
		const server = await serve(keys, noting)
		const transport = transportWith({ tls: { ca: keys.ca }, lookup: lookupOf('127.0.0.1').lookup })
		await fetchWhole(transport, get(`https://127.0.0.1:${server.port}/`))
		await fetchWhole(transport, get(`https://localhost:${server.port}/`))
		expect(resumed).toEqual([false, false])
	})
})
