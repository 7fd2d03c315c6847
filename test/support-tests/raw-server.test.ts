import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { certificates } from '../support/certificates.ts'
import { endUnannounced, type RawServer, reset, startRawServer } from '../support/raw-server.ts'

describe.each(['tcp', 'tls'] as const)('a raw server over %s', kind => {
	const start = async (onConnection: (socket: Socket, index: number) => void): Promise<RawServer> =>
		startRawServer(onConnection, kind === 'tls' ? { tls: await certificates() } : {})

	const open = async (server: RawServer): Promise<Socket> => {
		const address = { port: server.port, host: '127.0.0.1' }
		if (kind === 'tcp') return connect(address)
		return connectTls({ ...address, servername: 'localhost', ca: (await certificates()).ca })
	}

	it('gives each connection its number and counts those that are open', async () => {
		await using server = await start((socket, index) => socket.end(`connection ${index}`))
		for (const index of [0, 1, 2]) expect(await read(await open(server))).toBe(`connection ${index}, end, close`)
		await expect.poll(() => server.connections()).toBe(0)
	})

	it('ends a connection by RST', async () => {
		await using server = await start(socket => socket.on('data', () => socket.write('half', () => reset(socket))))
		const socket = await open(server)
		socket.write('go')
		expect(await read(socket)).toMatch(/^half, (ECONNRESET|end without a peer), close$/)
	})

	it('ends a connection by FIN without a word', async () => {
		await using server = await start(socket =>
			socket.on('data', () => socket.write('half', () => endUnannounced(socket))),
		)
		const socket = await open(server)
		socket.write('go')
		expect(await read(socket)).toBe('half, end, close')
	})

	it('destroys what is open when it closes, and can be closed again', async () => {
		const server = await start(socket => socket.write('hello'))
		const socket = await open(server)
		socket.on('error', () => {})
		await once(socket, 'data')
		expect(server.connections()).toBe(1)
		await Promise.all([server.close(), once(socket, 'close')])
		expect(server.connections()).toBe(0)
		await server.close()
	})
})

async function read(socket: Socket): Promise<string> {
	let text = ''
	const seen: string[] = []
	socket.on('data', data => {
		text += data
	})
	// Node may report an RST as an end; the peer's address, not asked for before, then is not there any more.
	socket.on('end', () => seen.push(socket.remoteAddress === undefined ? 'end without a peer' : 'end'))
	socket.on('error', (error: NodeJS.ErrnoException) => seen.push(error.code ?? 'error'))
	await new Promise<void>(resolve => socket.on('close', () => resolve()))
	return [text, ...seen, 'close'].join(', ')
}
