import { systemClock } from '../../src/api/system.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { transportContract } from '../contract/transport.ts'
import { certificates } from '../support/certificates.ts'
import { startRawServer } from '../support/raw-server.ts'

transportContract('TCP', async () => ({
	transport: createTransport({ clock: systemClock }),
	serve: onConnection => startRawServer(onConnection),
}))

transportContract('TLS', async () => {
	const { ca, cert, key } = await certificates()
	return {
		transport: createTransport({ clock: systemClock, tls: { ca } }),
		serve: onConnection => startRawServer(onConnection, { tls: { cert, key } }),
	}
})
