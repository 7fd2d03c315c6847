import { connect, type Socket } from 'node:net'
import { reset, startRawServer } from '../../support/raw-server.ts'

/** What is done to a connection: `refused` resets it, and for a while nobody listens. */
export type PeerFault = 'reset' | 'fin' | 'hang' | 'refused'

export const peerFaults: readonly PeerFault[] = ['reset', 'fin', 'hang', 'refused']

export interface FailingProxy extends AsyncDisposable {
	readonly port: number
	/** Connections taken and pieces passed on so far, in either direction. */
	readonly events: number
}

export interface FailingProxyOptions {
	readonly upstreamPort: number
	/** The event at which it happens, counted from 1 over all connections. */
	readonly nth: number
	readonly fault: PeerFault
}

/** Small enough that a TLS handshake and a response head are several events. */
const pieceBytes = 1024
/** Some of the client's retries come while nobody listens. */
const refusedMs = 40

/** Between a client and a server: passes bytes on, TLS or not, and fails once. */
export async function startFailingProxy(options: FailingProxyOptions): Promise<FailingProxy> {
	const proxy = new CountingProxy(options)
	await proxy.listen(0)
	return proxy
}

class CountingProxy implements FailingProxy {
	events = 0
	port = 0
	readonly #options: FailingProxyOptions
	#server: Awaited<ReturnType<typeof startRawServer>> | undefined
	#comesBack: Promise<void> | undefined
	#closed = false

	constructor(options: FailingProxyOptions) {
		this.#options = options
	}

	async listen(port: number): Promise<void> {
		this.#server = await startRawServer(client => this.#welcome(client), { port })
		this.port = this.#server.port
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#closed = true
		await this.#comesBack
		await this.#server?.close()
	}

	#welcome(client: Socket): void {
		if (this.#fails(client)) return
		const upstream = connect(this.#options.upstreamPort, '127.0.0.1').on('error', () => client.destroy())
		this.#pass(client, upstream, client)
		this.#pass(upstream, client, client)
		client.once('close', () => upstream.destroy())
	}

	#pass(from: Socket, to: Socket, client: Socket): void {
		let failed = false
		from.on('data', data => {
			for (let at = 0; at < data.length && !failed; at += pieceBytes) {
				failed = this.#fails(client)
				if (!failed) to.write(data.subarray(at, at + pieceBytes))
			}
			if (failed) from.removeAllListeners('data').removeAllListeners('end').resume()
		})
		from.once('end', () => to.end())
	}

	/** Counts an event, and does what is due at it. */
	#fails(client: Socket): boolean {
		this.events += 1
		if (this.events !== this.#options.nth) return false
		switch (this.#options.fault) {
			case 'reset':
				reset(client)
				break
			case 'fin':
				client.end()
				break
			case 'hang':
				break
			case 'refused':
				this.#comesBack = this.#refuse()
				break
		}
		return true
	}

	async #refuse(): Promise<void> {
		await this.#server?.close()
		await new Promise(resolve => setTimeout(resolve, refusedMs))
		if (!this.#closed) await this.listen(this.port)
	}
}
