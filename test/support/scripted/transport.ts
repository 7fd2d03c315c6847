import { type Cancel, throwIfCancelled } from '../../../src/base/abort.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { DownloadError, type ErrorCode } from '../../../src/base/errors.ts'
import type { Exchange, Request, Transport, Via } from '../../../src/transport/contract.ts'
import { ScriptedExchange } from './exchange.ts'
import type { Line } from './line.ts'
import type { Reply, Seen } from './server.ts'

/** Told of everything that goes over the line, as it goes. */
export interface Listener {
	asked(connection: number, request: Request, reused: boolean): void
	answered(connection: number, request: Request, reply: Reply): void
	/** Nothing was answered: the connection failed. */
	failed(connection: number, code: string): void
	ended(connection: number, how: string): void
}

export interface ScriptedTransportOptions {
	readonly clock: Clock
	readonly server: { answer(request: Request, seen: Seen): Reply }
	readonly line: Line
	/** Connections on which a success is sent, over all transports that share it. */
	readonly load?: { serving: number }
	readonly listener?: Listener
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
	/** Connections on which the server is sending a success to us, or about to. */
	#serving = 0
	mostBusy = 0
	/** Body bytes handed to readers. */
	delivered = 0
	/** What readers did that the contract forbids. */
	readonly blamed: string[] = []
	readonly #options: ScriptedTransportOptions
	readonly #load: { serving: number }
	readonly #open = new Set<ScriptedExchange>()
	#idle: Connection[] = []
	#connections = 0

	constructor(options: ScriptedTransportOptions) {
		this.#options = options
		this.#load = options.load ?? { serving: 0 }
	}

	/** The process has died: its connections are gone, and it is told nothing any more. */
	die(): void {
		for (const exchange of [...this.#open]) exchange.vanish()
		this.#load.serving -= this.#serving
		this.#serving = 0
	}

	/** Every connection fails, those too on which nothing is under way. */
	breakAll(): void {
		this.#idle = []
		for (const exchange of [...this.#open]) exchange.break()
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
		const { clock, connectMs = 5, server, listener } = this.#options
		const reused = connection.served > 0
		connection.served += 1
		listener?.asked(connection.number, request, reused)
		if (!reused) await this.#connect(connection, connectMs, request, cancel)
		const sentAtMs = clock.now()
		const seen = { atMs: sentAtMs, connection: connection.number, reused, busy: this.#load.serving + 1 }
		const reply = server.answer(request, seen)
		const served = reply.status < 300 ? 1 : 0
		this.#serve(served)
		try {
			await this.#awaitHead(connection, reply, request, cancel)
		} catch (error) {
			this.#serve(-served)
			throw error
		}
		listener?.answered(connection.number, request, reply)
		const via: Via = {
			connection: connection.number,
			reused,
			connectMs: reused ? 0 : connectMs,
			headMs: clock.now() - sentAtMs,
		}
		return this.#exchange(connection, request, reply, via, cancel)
	}

	#serve(change: number): void {
		this.#serving += change
		this.#load.serving += change
	}

	async #connect({ number }: Connection, connectMs: number, request: Request, cancel: Cancel): Promise<void> {
		const nowMs = this.#options.clock.now()
		const outage = this.#options.line.outageAt(nowMs)
		const neededMs = connectMs + (outage?.manner === 'silent' ? outage.toMs - nowMs : 0)
		await this.#wait(Math.min(neededMs, request.connectTimeoutMs), cancel)
		if (outage !== undefined && outage.manner !== 'silent') throw this.#failure(number, 'E_NETWORK', request)
		if (neededMs > request.connectTimeoutMs) throw this.#failure(number, 'E_TIMEOUT', request)
	}

	async #awaitHead({ number }: Connection, reply: Reply, request: Request, cancel: Cancel): Promise<void> {
		const { headAfterMs, fails } = reply
		const nowMs = this.#options.clock.now()
		const outage = this.#options.line.outageAt(nowMs + headAfterMs)
		const neededMs = outage === undefined ? headAfterMs : outage.toMs - nowMs
		await this.#wait(Math.min(neededMs, request.stallTimeoutMs), cancel)
		if (fails !== undefined) throw this.#failure(number, fails, request)
		if (neededMs > request.stallTimeoutMs) throw this.#failure(number, 'E_STALLED', request)
		if (outage?.manner === 'reset') throw this.#failure(number, 'E_NETWORK', request)
	}

	#failure(connection: number, code: ErrorCode, { url }: Request): DownloadError {
		this.#options.listener?.failed(connection, code)
		return new DownloadError(code, `${url.host} ${code === 'E_STALLED' ? 'is silent' : 'could not be reached'}`)
	}

	async #wait(ms: number, cancel: Cancel): Promise<void> {
		await this.#options.clock.sleep(ms, cancel)
		throwIfCancelled(cancel)
	}

	#exchange(connection: Connection, request: Request, reply: Reply, via: Via, cancel: Cancel): Exchange {
		const { clock, line, listener, settlesAfterMs = 0 } = this.#options
		let exchange: ScriptedExchange | undefined
		const over = (reusable: boolean, how: string): void => {
			if (exchange !== undefined) this.#open.delete(exchange)
			this.busy -= 1
			if (reply.status < 300) this.#serve(-1)
			if (reusable) this.#idle.push(connection)
			listener?.ended(connection.number, how)
		}
		exchange = new ScriptedExchange({
			reply,
			via,
			line,
			clock,
			cancel,
			settlesAfterMs,
			stallTimeoutMs: request.stallTimeoutMs,
			over,
			delivered: bytes => {
				this.delivered += bytes
			},
			blame: what => this.blamed.push(`${what} (connection ${connection.number})`),
		})
		// Cancelled between the head and this, it was over before it began.
		if (!exchange.isOver) this.#open.add(exchange)
		return exchange
	}
}
