import { isIP, type OnReadOpts } from 'node:net'
import {
	type ConnectionOptions,
	connect,
	createSecureContext,
	rootCertificates,
	type SecureContext,
	type TLSSocket,
} from 'node:tls'
import { SessionCache } from './session-cache.ts'
import { type SystemCa, systemCa } from './system-ca.ts'

/** How servers are verified. */
export interface TlsOptions {
	/** Accepts any certificate. @default false */
	readonly insecure?: boolean | undefined
	/** Certificates, in PEM, to trust instead of those that Node and the system trust. */
	readonly ca?: string | undefined
	/** Asked once, when a server's authority is unknown to Node. @default the bundle that the system keeps */
	readonly systemCa?: SystemCa | undefined
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
	#widerContext: Promise<SecureContext | undefined> | undefined
	/** By origin: the context of those whose authority only the system knows. */
	readonly #widened = new Map<string, SecureContext>()

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
			secureContext: this.#widened.get(origin) ?? this.#sharedContext(),
			onread,
			...(session !== undefined && { session }),
		}
		const socket = connect(options).setNoDelay(true)
		if (this.#options.insecure !== true) this.#sessions.watch(origin, socket)
		return socket
	}

	/** To be called when a handshake failed, for which the session may be to blame. */
	forgetSession(origin: string): void {
		this.#sessions.forget(origin)
	}

	/**
	 * Trusts, for an origin whose authority Node does not know, what the system trusts as well; false where that is no help.
	 * Only then, since to parse the system's certificates takes some 60 ms of CPU, and few servers need them.
	 */
	async trustSystem(origin: string): Promise<boolean> {
		if (this.#options.ca !== undefined || this.#widened.has(origin)) return false
		this.#widerContext ??= widerContext(this.#options.systemCa ?? systemCa)
		const context = await this.#widerContext
		if (context !== undefined) this.#widened.set(origin, context)
		return context !== undefined
	}

	/** One for all sockets: to make one means to parse every trusted certificate. */
	#sharedContext(): SecureContext {
		const { ca } = this.#options
		this.#context ??= createSecureContext(ca === undefined ? {} : { ca })
		return this.#context
	}
}

async function widerContext(system: SystemCa): Promise<SecureContext | undefined> {
	const pem = await system()
	return pem === undefined ? undefined : createSecureContext({ ca: [...rootCertificates, pem] })
}
