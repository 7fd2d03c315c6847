import type { TLSSocket } from 'node:tls'

/** Origins whose session is kept; the one that was renewed longest ago goes first. */
const maxSessions = 256

/**
 * TLS sessions by origin, so that lanes after the first skip half of the handshake.
 *
 * On a resumed session Node does not look at the certificate again: `authorized` is true whatever the first handshake
 * accepted, even for a wrong name. So a cache belongs to one transport, that is to one set of TLS options, and nothing
 * but a verified connection puts a session in.
 */
export class SessionCache {
	readonly #sessions = new Map<string, Buffer>()

	get(origin: string): Buffer | undefined {
		return this.#sessions.get(origin)
	}

	/** Keeps the sessions that `socket` is given, if it has been verified by then. */
	watch(origin: string, socket: TLSSocket): void {
		socket.on('session', session => {
			if (socket.authorized) this.#keep(origin, session)
		})
	}

	forget(origin: string): void {
		this.#sessions.delete(origin)
	}

	#keep(origin: string, session: Buffer): void {
		this.#sessions.delete(origin)
		this.#sessions.set(origin, session)
		const [oldest] = this.#sessions.keys()
		if (this.#sessions.size > maxSessions && oldest !== undefined) this.#sessions.delete(oldest)
	}
}
