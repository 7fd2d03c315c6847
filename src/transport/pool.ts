import type { Clock, Timer } from '../base/clock.ts'
import { type Moment, momentOf, sleptBetween } from '../base/sleep.ts'
import type { Connection, ConnectionKeeper } from './http1/connection.ts'

/** An idle connection's time. */
interface Waiting {
	readonly timer: Timer
	readonly since: Moment
}

/**
 * Idle connections by origin, the one used last first: the others then reach their timeout.
 *
 * A pool belongs to one transport and so to one set of TLS options: a connection never crosses a change of them.
 */
export class Pool {
	readonly #clock: Clock
	readonly #idleTimeoutMs: number
	readonly #byOrigin = new Map<string, Connection[]>()
	readonly #waiting = new Map<Connection, Waiting>()

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
		const present = momentOf(this.#clock)
		const connection = this.#byOrigin
			.get(origin)
			?.findLast(candidate => candidate.alive && !this.#sleptThrough(candidate, present))
		if (connection === undefined) return undefined
		this.#remove(origin, connection)
		connection.hold(true)
		return connection
	}

	/** Stops all timers; the connections themselves are closed with the wires. */
	clear(): void {
		for (const { timer } of this.#waiting.values()) timer.stop()
		this.#waiting.clear()
		this.#byOrigin.clear()
	}

	#put(origin: string, connection: Connection): void {
		const idle = this.#byOrigin.get(origin)
		if (idle === undefined) this.#byOrigin.set(origin, [connection])
		else idle.push(connection)
		// A program that has its file should end, and not wait for connections that nobody may ever use.
		connection.hold(false)
		const timer = this.#clock.after(this.#idleTimeoutMs, () => connection.drop(), { background: true })
		this.#waiting.set(connection, { timer, since: momentOf(this.#clock) })
	}

	/** Whoever was at the other end, or between, may have dropped it meanwhile without a word. */
	#sleptThrough(connection: Connection, present: Moment): boolean {
		const since = this.#waiting.get(connection)?.since
		return since !== undefined && sleptBetween(since, present, this.#idleTimeoutMs)
	}

	#remove(origin: string, connection: Connection): void {
		this.#waiting.get(connection)?.timer.stop()
		this.#waiting.delete(connection)
		const others = (this.#byOrigin.get(origin) ?? []).filter(other => other !== connection)
		if (others.length > 0) this.#byOrigin.set(origin, others)
		else this.#byOrigin.delete(origin)
	}
}
