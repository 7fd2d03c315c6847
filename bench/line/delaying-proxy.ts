import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { type RawServer, reset, startRawServer } from '../../test/support/raw-server.ts'

export interface DelaySpec {
	readonly roundTripMs: number
	/** Bursts of loss: every `everyMs`, what would arrive within `lastsMs` arrives at the end of them. */
	readonly loss?: { readonly everyMs: number; readonly lastsMs: number }
}

/** Held for one connection in one direction; a sender that is further ahead waits, as TCP's window would make it. */
const windowBytes = 2 * 1024 * 1024

/** A long line: passes connections on to `upstream`, each byte half a round trip late, in order, none changed. */
export async function startDelayingProxy(
	spec: DelaySpec,
	upstream: { readonly host: string; readonly port: number },
	host?: string,
): Promise<RawServer> {
	return startRawServer(client => lengthen(client, connect(upstream.port, upstream.host), spec), { host })
}

function lengthen(client: Socket, server: Socket, spec: DelaySpec): void {
	server.setNoDelay(true).on('error', () => {})
	// The kernel completes the client's handshake at once: its round trip is added to what the client says first.
	const up = new Direction(client, server, spec, spec.roundTripMs)
	const down = new Direction(server, client, spec, 0)
	client.once('close', hadError => up.close(() => (hadError ? server.resetAndDestroy() : server.destroy())))
	server.once('close', hadError => down.close(() => (hadError ? reset(client) : client.end())))
}

interface Held {
	readonly dueMs: number
	readonly bytes: number
	readonly act: () => void
}

/** One way of one connection. */
class Direction {
	readonly #from: Socket
	readonly #to: Socket
	readonly #spec: DelaySpec
	readonly #held: Held[] = []
	#firstExtraMs: number
	#heldBytes = 0
	#lastDueMs = 0
	#isFull = false

	constructor(from: Socket, to: Socket, spec: DelaySpec, firstExtraMs: number) {
		this.#from = from
		this.#to = to
		this.#spec = spec
		this.#firstExtraMs = firstExtraMs
		from.on('data', data => this.#hold(data.length, () => this.#pass(data)))
		from.once('end', () => this.#hold(0, () => to.end()))
		to.on('drain', () => {
			this.#isFull = false
			this.#regulate()
		})
	}

	close(act: () => void): void {
		this.#hold(0, act)
	}

	#hold(bytes: number, act: () => void): void {
		// In order, whatever the laws say: never due before what came earlier.
		const dueMs = Math.max(this.#lastDueMs, this.#arrivalMs())
		this.#lastDueMs = dueMs
		this.#heldBytes += bytes
		this.#held.push({ dueMs, bytes, act })
		if (this.#held.length === 1) this.#await()
		this.#regulate()
	}

	#arrivalMs(): number {
		const atMs = performance.now() + this.#spec.roundTripMs / 2 + this.#firstExtraMs
		this.#firstExtraMs = 0
		const { loss } = this.#spec
		if (loss === undefined) return atMs
		const sinceBurstMs = atMs % loss.everyMs
		return sinceBurstMs < loss.lastsMs ? atMs - sinceBurstMs + loss.lastsMs : atMs
	}

	#await(): void {
		const [first] = this.#held
		if (first !== undefined) setTimeout(() => this.#release(), first.dueMs - performance.now())
	}

	#release(): void {
		for (
			let [first] = this.#held;
			first !== undefined && first.dueMs <= performance.now() + 0.5;
			[first] = this.#held
		) {
			this.#held.shift()
			this.#heldBytes -= first.bytes
			first.act()
		}
		this.#await()
		this.#regulate()
	}

	#pass(data: Buffer): void {
		if (this.#to.writable && !this.#to.write(data)) this.#isFull = true
	}

	#regulate(): void {
		if (this.#isFull || this.#heldBytes > windowBytes) this.#from.pause()
		else this.#from.resume()
	}
}
