import type { Cancel } from '../../base/abort.ts'
import type { LiveWires } from '../live-wires.ts'
import type { OpenSocket, Wire } from '../wire.ts'
import { connectError } from './connect-error.ts'

/** One attempt to reach one address of a host. */
export interface Attempt {
	readonly host: string
	readonly address: string
	/** Whether TLS has to be ready too. */
	readonly secure: boolean
	readonly open: OpenSocket
}

/**
 * Opens a wire and resolves when it can carry a request. Rejects with E_NETWORK, E_TLS or the reason of `cancel`, which
 * has not fired yet; nothing is left then.
 */
export function openWire(wires: LiveWires, attempt: Attempt, cancel: Cancel): Promise<Wire> {
	return new Promise((resolve, reject) => {
		let overTls = false
		const wire = wires.open(
			onread => {
				const socket = attempt.open(onread)
				socket.once('connect', () => {
					overTls = attempt.secure
				})
				socket.once(attempt.secure ? 'secureConnect' : 'connect', () => {
					stopListening()
					resolve(wire)
				})
				return socket
			},
			end => {
				stopListening()
				reject(connectError(attempt.host, attempt.address, end.error, overTls))
			},
		)
		const stopListening = cancel.onCancel(reason => {
			wire.destroy()
			reject(reason)
		})
	})
}
