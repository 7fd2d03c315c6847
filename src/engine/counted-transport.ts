import type { Transport } from '../transport/contract.ts'
import type { Meter } from './meter.ts'

/** The same transport, with what goes through it noted in the meter. */
export function countedTransport(transport: Transport, meter: Meter): Transport {
	return {
		async send(request, cancel) {
			meter.requests += 1
			const exchange = await transport.send(request, cancel)
			// A head that took longer than it may came after a sleep, and tells nothing of how long heads take.
			if (exchange.via.headMs < request.stallTimeoutMs) meter.noteAnswer(exchange.via)
			return exchange
		},
		close: () => transport.close(),
	}
}
