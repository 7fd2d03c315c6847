import { connect } from 'node:net'
import { type Cancel, CancelSource } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import type { LiveWires } from '../live-wires.ts'
import type { OpenSocket, Wire } from '../wire.ts'
import { connectTimeout, isUnknownAuthority, lookupError } from './connect-error.ts'
import { openWire } from './open-wire.ts'
import { race } from './race.ts'
import type { Addresses, Resolver } from './resolver.ts'
import type { TlsConnector } from './tls.ts'

/** Where a connection goes. */
interface Target {
	readonly origin: string
	/** Without the brackets of an IPv6 address. */
	readonly host: string
	readonly port: number
	readonly secure: boolean
}

/** Makes connections to origins: name, TCP and TLS. */
export class Connector {
	readonly #clock: Clock
	readonly #wires: LiveWires
	readonly #resolver: Resolver
	readonly #tls: TlsConnector

	constructor(clock: Clock, wires: LiveWires, resolver: Resolver, tls: TlsConnector) {
		this.#clock = clock
		this.#wires = wires
		this.#resolver = resolver
		this.#tls = tls
	}

	/** Rejects with E_NETWORK, E_TLS, E_TIMEOUT after `timeoutMs` for all of it, or the reason of `cancel`. */
	async connect(url: URL, timeoutMs: number, cancel: Cancel): Promise<Wire> {
		const target = targetOf(url)
		const deadline = new CancelSource(cancel)
		const timer = this.#clock.after(timeoutMs, () => deadline.cancel(connectTimeout(url.host, timeoutMs)))
		try {
			return await this.#reachTrusting(target, deadline)
		} catch (error) {
			if (!cancel.cancelled) this.#forget(target)
			throw error
		} finally {
			timer.stop()
			deadline.detach()
		}
	}

	async #reachTrusting(target: Target, cancel: Cancel): Promise<Wire> {
		try {
			return await this.#reach(target, cancel)
		} catch (error) {
			if (!isUnknownAuthority(error) || !(await this.#tls.trustSystem(target.origin))) throw error
			return await this.#reach(target, cancel)
		}
	}

	async #reach(target: Target, cancel: Cancel): Promise<Wire> {
		const addresses = await this.#resolve(target.host, cancel)
		const runner = {
			start: (address: string, cancel: Cancel) => this.#open(target, address, cancel),
			discard: (wire: Wire) => wire.destroy(),
		}
		const { candidate, result } = await race(addresses, runner, this.#clock, cancel)
		this.#resolver.pin(target.host, candidate)
		return result
	}

	/** A look-up cannot be called off; a cancelled caller leaves it behind for the next one to use. */
	async #resolve(host: string, cancel: Cancel): Promise<Addresses> {
		let stopListening: (() => void) | undefined
		const cancelled = new Promise<never>((_, reject) => {
			stopListening = cancel.onCancel(reject)
		})
		const addresses = this.#resolver.resolve(host).catch(error => {
			throw lookupError(host, error)
		})
		try {
			return await Promise.race([addresses, cancelled])
		} finally {
			stopListening?.()
		}
	}

	#open(target: Target, address: string, cancel: Cancel): Promise<Wire> {
		const { host, port, secure } = target
		const open: OpenSocket = onread =>
			secure ? this.#tls.open({ ...target, address }, onread) : connect({ host: address, port, onread, noDelay: true })
		return openWire(this.#wires, { host: `${host}:${port}`, address, secure, open }, cancel)
	}

	#forget(target: Target): void {
		this.#resolver.forget(target.host)
		this.#tls.forgetSession(target.origin)
	}
}

function targetOf(url: URL): Target {
	const secure = url.protocol === 'https:'
	return {
		origin: url.origin,
		host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
		port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
		secure,
	}
}
