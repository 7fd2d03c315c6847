import { expect, test } from 'vitest'
import { systemClock } from '../../src/api/system.ts'
import { neverCancelled } from '../../src/base/abort.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { startRawServer } from '../support/raw-server.ts'

const invalidFraming = [
	'Content-Length: NaN',
	'Content-Length: -5',
	'Content-Length: +5',
	'Content-Length: 18446744073709551616',
	'Content-Length: 5\r\nContent-Length: 6',
	'Content-Length: 5\r\nTransfer-Encoding: chunked',
	'Transfer-Encoding: gzip, chunked',
]

test.each(invalidFraming)('a head with %j is refused, and its connection closed', async fields => {
	await using server = await startRawServer(socket => {
		socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\nhello`))
	})
	const transport = createTransport({ clock: systemClock })
	const request = { url: new URL(server.origin), headers: [], connectTimeoutMs: 5000, stallTimeoutMs: 5000 }

	await expect(transport.send(request, neverCancelled)).rejects.toMatchObject({ code: 'E_PROTOCOL' })

	await transport.close()
})
