import { type Cancel, throwIfCancelled } from '../base/abort.ts'
import type { Clock } from '../base/clock.ts'
import { Connector } from './connect/connector.ts'
import { type Lookup, Resolver, systemLookup } from './connect/resolver.ts'
import { TlsConnector, type TlsOptions } from './connect/tls.ts'
import type { Exchange, Request, Transport } from './contract.ts'
import { Connection } from './http1/connection.ts'
import { composeRequest } from './http1/request.ts'
import { LiveWires } from './live-wires.ts'
import { Pool } from './pool.ts'
import { createScratch, type Scratch } from './wire.ts'

export interface TransportOptions {
	readonly clock: Clock
	/** @default verified by the certificates that Node trusts */
	readonly tls?: TlsOptions
	/** How long a connection waits for its next request. @default 10_000, below what most servers allow */
	readonly idleTimeoutMs?: number
	/** @default as the system resolves names */
	readonly lookup?: Lookup
}

/** An HTTP/1.1 client on plain sockets; what it promises is in `contract.ts`. */
export function createTransport(options: TransportOptions): Transport {
	return new HttpTransport(options)
}

class HttpTransport implements Transport {
	readonly #clock: Clock
	readonly #scratch: Scratch = createScratch()
	readonly #wires: LiveWires = new LiveWires(this.#scratch)
	readonly #connector: Connector
	readonly #pool: Pool
	#connections = 0

	constructor({ clock, tls = {}, idleTimeoutMs = 10_000, lookup = systemLookup }: TransportOptions) {
		this.#clock = clock
		this.#connector = new Connector(clock, this.#wires, new Resolver(lookup), new TlsConnector(tls))
		this.#pool = new Pool(clock, idleTimeoutMs)
	}

	async send(request: Request, cancel: Cancel): Promise<Exchange> {
		throwIfCancelled(cancel)
		const outgoing = composeRequest(request)
		const reused = await this.#pool.take(request.url.origin)?.send(outgoing, cancel)
		if (reused !== undefined) return reused
		// RFC 9112 §9.3.1: a server may close an idle connection at any time. A second pooled one may be as dead as the
		// first, so the one retry gets a connection of its own.
		const connection = await this.#connect(request, cancel)
		return (await connection.send(outgoing, cancel)) as Exchange
	}

	async close(): Promise<void> {
		this.#pool.clear()
		await this.#wires.close()
	}

	async #connect({ url, connectTimeoutMs }: Request, cancel: Cancel): Promise<Connection> {
		const startedAtMs = this.#clock.now()
		const wire = await this.#connector.connect(url, connectTimeoutMs, cancel)
		this.#connections += 1
		return new Connection({
			wire,
			scratch: this.#scratch,
			clock: this.#clock,
			keeper: this.#pool.keeperOf(url.origin),
			number: this.#connections,
			connectMs: this.#clock.now() - startedAtMs,
		})
	}
}
