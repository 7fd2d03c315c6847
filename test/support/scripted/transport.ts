import { type Cancel, throwIfCancelled } from '../../../src/base/abort.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { DownloadError } from '../../../src/base/errors.ts'
import type { Exchange, Request, Transport, Via } from '../../../src/transport/contract.ts'
import { ScriptedExchange } from './exchange.ts'
import type { Line } from './line.ts'
import type { Reply, ScriptedServer } from './server.ts'

export interface ScriptedTransportOptions {
	readonly clock: Clock
	readonly server: ScriptedServer
	readonly line: Line
	/** @default 5 */
	readonly connectMs?: number
	/** @default 0 */
	readonly settlesAfterMs?: number
}

interface Connection {
	readonly number: number
	readonly origin: string
	served: number
}

/** The transport's contract in virtual time, without a socket: every host is the one scripted server. */
export class ScriptedTransport implements Transport {
	/** Requests and responses that have not ended. */
	busy = 0
	/** Connections on which the server is sending a success, or about to. */
	#serving = 0
	mostBusy = 0
	/** Body bytes handed to readers. */
	delivered = 0
	/** What readers did that the contract forbids. */
	readonly blamed: string[] = []
	readonly #options: ScriptedTransportOptions
	#idle: Connection[] = []
	#connections = 0

	constructor(options: ScriptedTransportOptions) {
		this.#options = options
	}

	async send(request: Request, cancel: Cancel): Promise<Exchange> {
		throwIfCancelled(cancel)
		this.busy += 1
		this.mostBusy = Math.max(this.mostBusy, this.busy)
		try {
			return await this.#answerBy(this.#connection(request.url.origin), request, cancel)
		} catch (error) {
			this.busy -= 1
			throw error
		}
	}

	async close(): Promise<void> {}

	#connection(origin: string): Connection {
		const idle = this.#idle.find(connection => connection.origin === origin)
		if (idle !== undefined) {
			this.#idle = this.#idle.filter(connection => connection !== idle)
			return idle
		}
		this.#connections += 1
		return { number: this.#connections, origin, served: 0 }
	}

	async #answerBy(connection: Connection, request: Request, cancel: Cancel): Promise<Exchange> {
		const { clock, connectMs = 5, server } = this.#options
		const reused = connection.served > 0
		connection.served += 1
		if (!reused) await this.#wait(connectMs, cancel)
		const sentAtMs = clock.now()
		const seen = { atMs: sentAtMs, connection: connection.number, reused, busy: this.#serving + 1 }
		const reply = server.answer(request, seen)
		const served = reply.status < 300 ? 1 : 0
		this.#serving += served
		try {
			await this.#awaitHead(reply, request, cancel)
		} catch (error) {
			this.#serving -= served
			throw error
		}
		const via: Via = {
			connection: connection.number,
			reused,
			connectMs: reused ? 0 : connectMs,
			headMs: clock.now() - sentAtMs,
		}
		return this.#exchange(connection, request, reply, via, cancel)
	}

	async #awaitHead(reply: Reply, request: Request, cancel: Cancel): Promise<void> {
		const { headAfterMs, fails } = reply
		await this.#wait(Math.min(headAfterMs, request.stallTimeoutMs), cancel)
		if (fails !== undefined) throw new DownloadError(fails, `${request.url.host} could not be reached`)
		if (headAfterMs > request.stallTimeoutMs) throw new DownloadError('E_STALLED', `${request.url.host} is silent`)
	}

	async #wait(ms: number, cancel: Cancel): Promise<void> {
		await this.#options.clock.sleep(ms, cancel)
		throwIfCancelled(cancel)
	}

	#exchange(connection: Connection, request: Request, reply: Reply, via: Via, cancel: Cancel): Exchange {
		const { clock, line, settlesAfterMs = 0 } = this.#options
		return new ScriptedExchange({
			reply,
			via,
			line,
			clock,
			cancel,
			settlesAfterMs,
			stallTimeoutMs: request.stallTimeoutMs,
			over: reusable => {
				this.busy -= 1
				if (reply.status < 300) this.#serving -= 1
				if (reusable) this.#idle.push(connection)
			},
			delivered: bytes => {
				this.delivered += bytes
			},
			blame: what => this.blamed.push(`${what} (connection ${connection.number})`),
		})
	}
}
