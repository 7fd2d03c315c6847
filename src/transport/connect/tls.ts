import { isIP, type OnReadOpts } from 'node:net'
import { type ConnectionOptions, connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { SessionCache } from './session-cache.ts'

/** How servers are verified. */
export interface TlsOptions {
	/** Accepts any certificate. @default false */
	readonly insecure?: boolean | undefined
	/** Certificates, in PEM, to trust instead of those that Node trusts. */
	readonly ca?: string | undefined
}

export interface TlsTarget {
	readonly origin: string
	readonly host: string
	readonly address: string
	readonly port: number
}

/** Makes TLS sockets by one set of options. */
export class TlsConnector {
	readonly #options: TlsOptions
	readonly #sessions = new SessionCache()
	#context: SecureContext | undefined

	constructor(options: TlsOptions) {
		this.#options = options
	}

	open(target: TlsTarget, onread: OnReadOpts): TLSSocket {
		const { origin, host, address, port } = target
		const session = this.#sessions.get(origin)
		const options: ConnectionOptions & { onread: OnReadOpts } = {
			host: address,
			port,
			// RFC 6066 §3: an address is no server name. The certificate is then checked against `host`.
			servername: isIP(host) === 0 ? host : '',
			ALPNProtocols: ['http/1.1'],
			rejectUnauthorized: this.#options.insecure !== true,
			secureContext: this.#sharedContext(),
			onread,
			...(session !== undefined && { session }),
		}
		const socket = connect(options)
		if (this.#options.insecure !== true) this.#sessions.watch(origin, socket)
		return socket
	}

	/** To be called when a handshake failed, for which the session may be to blame. */
	forgetSession(origin: string): void {
		this.#sessions.forget(origin)
	}

	/** One for all sockets: to make one means to parse every trusted certificate. */
	#sharedContext(): SecureContext {
		const { ca } = this.#options
		this.#context ??= createSecureContext(ca === undefined ? {} : { ca })
		return this.#context
	}
}
