import type { Clock, Timer } from '../base/clock.ts'
import type { Connection, ConnectionKeeper } from './http1/connection.ts'

/**
 * Idle connections by origin, the one used last first: the others then reach their timeout.
 *
 * A pool belongs to one transport and so to one set of TLS options: a connection never crosses a change of them.
 */
export class Pool {
	readonly #clock: Clock
	readonly #idleTimeoutMs: number
	readonly #byOrigin = new Map<string, Connection[]>()
	readonly #timers = new Map<Connection, Timer>()

	constructor(clock: Clock, idleTimeoutMs: number) {
		this.#clock = clock
		this.#idleTimeoutMs = idleTimeoutMs
	}

	keeperOf(origin: string): ConnectionKeeper {
		return {
			idle: connection => this.#put(origin, connection),
			gone: connection => this.#remove(origin, connection),
		}
	}

	take(origin: string): Connection | undefined {
		const connection = this.#byOrigin.get(origin)?.findLast(candidate => candidate.alive)
		if (connection === undefined) return undefined
		this.#remove(origin, connection)
		connection.hold(true)
		return connection
	}

	/** Stops all timers; the connections themselves are closed with the wires. */
	clear(): void {
		for (const timer of this.#timers.values()) timer.stop()
		this.#timers.clear()
		this.#byOrigin.clear()
	}

	#put(origin: string, connection: Connection): void {
		const idle = this.#byOrigin.get(origin)
		if (idle === undefined) this.#byOrigin.set(origin, [connection])
		else idle.push(connection)
		// A program that has its file should end, and not wait for connections that nobody may ever use.
		connection.hold(false)
		const timer = this.#clock.after(this.#idleTimeoutMs, () => connection.drop(), { background: true })
		this.#timers.set(connection, timer)
	}

	#remove(origin: string, connection: Connection): void {
		this.#timers.get(connection)?.stop()
		this.#timers.delete(connection)
		const others = (this.#byOrigin.get(origin) ?? []).filter(other => other !== connection)
		if (others.length > 0) this.#byOrigin.set(origin, others)
		else this.#byOrigin.delete(origin)
	}
}
