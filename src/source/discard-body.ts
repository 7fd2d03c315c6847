import type { Exchange, Intake } from '../transport/contract.ts'

/** Reading this much keeps the connection for less than a new handshake would cost. */
const worthReadingBytes = 16 * 1024

const trash = new Uint8Array(worthReadingBytes)

/** Gets rid of a body that nobody wants: short ones are read so that the connection can be used again. */
export async function discardBody(exchange: Exchange): Promise<void> {
	const { contentLength } = exchange.head
	if (contentLength === undefined || contentLength > worthReadingBytes) {
		exchange.cancel(undefined)
		return
	}
	const intake: Intake = { memory: () => trash, filled: () => true }
	// Whatever is wrong with a body that is thrown away does not matter; its connection is closed then.
	await exchange.receive(intake).catch(() => {})
}
