import { DownloadError } from '../base/errors.ts'
import { type OpenSocket, type Scratch, Wire, type WireEnd } from './wire.ts'

/** Every socket of a transport, from before it connects until it is gone; none is made elsewhere. */
export class LiveWires {
	readonly #scratch: Scratch
	readonly #wires = new Set<Wire>()
	#closed = false

	constructor(scratch: Scratch) {
		this.#scratch = scratch
	}

	/** As the constructor of `Wire`. Throws E_ABORTED once `close` was called. */
	open(open: OpenSocket, onEnd: (end: WireEnd) => void): Wire {
		if (this.#closed) throw transportClosed()
		const wire = new Wire(this.#scratch, open, onEnd)
		this.#wires.add(wire)
		void wire.closed.then(() => this.#wires.delete(wire))
		return wire
	}

	/** Ends every socket with E_ABORTED and resolves when the last is gone. */
	async close(): Promise<void> {
		this.#closed = true
		for (const wire of this.#wires) wire.destroy(transportClosed())
		await Promise.all([...this.#wires].map(wire => wire.closed))
	}
}

function transportClosed(): DownloadError {
	return new DownloadError('E_ABORTED', 'The transport was closed')
}
