import { createTransport } from '../../src/transport/transport.ts'
import { transportContract } from '../contract/transport.ts'
import { certificates } from '../support/certificates.ts'
import { startRawServer } from '../support/raw-server.ts'
import { realClock } from './real-clock.ts'

transportContract('TCP', async () => ({
	transport: createTransport({ clock: realClock }),
	serve: onConnection => startRawServer(onConnection),
}))

transportContract('TLS', async () => {
	const { ca, cert, key } = await certificates()
	return {
		transport: createTransport({ clock: realClock, tls: { ca } }),
		serve: onConnection => startRawServer(onConnection, { tls: { cert, key } }),
	}
})
