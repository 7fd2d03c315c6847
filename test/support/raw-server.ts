import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export interface RawServer extends AsyncDisposable {
	readonly port: number
	/** `http://HOST:PORT`, or https where TLS was asked for. */
	readonly origin: string
	/** How many connections are open. */
	connections(): number
	/** Stops listening and destroys every connection. Idempotent. */
	close(): Promise<void>
}

export interface RawServerOptions {
	readonly tls?: { readonly cert: string; readonly key: string } | undefined
	/** Where to listen, for a server that comes back. Default: a free port. */
	readonly port?: number | undefined
	/** The address to listen on. Default: loopback. */
	readonly host?: string | undefined
}

/**
 * A server that gives each connection to `onConnection` and knows nothing about HTTP.
 *
 * `index` counts connections from 0. Errors of sockets are the client's doing and are swallowed.
 */
export async function startRawServer(
	onConnection: (socket: Socket, index: number) => void,
	{ tls, port: wanted = 0, host = '127.0.0.1' }: RawServerOptions = {},
): Promise<RawServer> {
	const server: Server = tls === undefined ? createServer() : createTlsServer({ cert: tls.cert, key: tls.key })
	// The TCP sockets, below TLS: a connection whose handshake failed is open too and must be closed.
	const sockets = new Set<Socket>()
	let index = 0
	server.on('connection', socket => {
		sockets.add(socket)
		socket.setNoDelay(true)
		socket.on('error', () => {}).once('close', () => sockets.delete(socket))
	})
	server.on('tlsClientError', () => {})
	server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
		socket.on('error', () => {})
		const isUnder = (tcp: Socket): boolean => tcp.remotePort === socket.remotePort
		const tcp = tls === undefined ? socket : [...sockets].find(isUnder)
		// Without one, the connection was lost during the handshake.
		if (tcp === undefined) return
		underlying.set(socket, tcp)
		onConnection(socket, index++)
	})
	server.listen(wanted, host)
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	const close = (): Promise<void> => closeAll(server, sockets)
	return {
		port,
		origin: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
		connections: () => sockets.size,
		close,
		[Symbol.asyncDispose]: close,
	}
}

/** The TCP socket under a TLS one; a TCP socket is its own. */
const underlying = new WeakMap<Socket, Socket>()

/** Ends a connection of a raw server by RST, under TLS too. What the client has not received yet may be lost. */
export function reset(socket: Socket): void {
	tcpUnder(socket).resetAndDestroy()
}

/** Ends a connection of a raw server by FIN; under TLS without the close_notify that says that it was meant. */
export function endUnannounced(socket: Socket): void {
	tcpUnder(socket).end()
}

function tcpUnder(socket: Socket): Socket {
	const tcp = underlying.get(socket)
	if (tcp === undefined) throw new Error('Not a connection of a raw server')
	return tcp
}

async function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
	if (server.listening) {
		const closed = once(server, 'close')
		server.close()
		for (const socket of sockets) socket.destroy()
		await closed
	}
}
