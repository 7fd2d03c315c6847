import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** How a response is ended before its time. `bare-fin` is a FIN under TLS without the close_notify before it. */
export type Cut = 'fin' | 'bare-fin' | 'reset'

export interface CuttingServer extends AsyncDisposable {
	readonly origin: string
	/** How many responses were cut so far; it moves while the event loop of the caller is busy, too. */
	cuts(): number
	/** A path whose answer is the first `bytes` of `wires[wire]`, then the cut. */
	path(wire: number, bytes: number, cut: Cut): string
}

/** A server in a thread of its own: it goes on cutting connections while the test's event loop is kept busy. */
export async function startCuttingServer(
	wires: readonly Buffer[],
	tls: { cert: string; key: string } | undefined,
): Promise<CuttingServer> {
	const cuts = new Int32Array(new SharedArrayBuffer(4))
	const worker = new Worker(server, { eval: true, workerData: { wires, tls, cuts } })
	const [port] = (await once(worker, 'message')) as [number]
	return {
		origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
		cuts: () => Atomics.load(cuts, 0),
		path: (wire, bytes, cut) => `/${wire}/${bytes}/${cut}`,
		[Symbol.asyncDispose]: async () => {
			await worker.terminate()
		},
	}
}

/** Plain JavaScript, since a worker is not transformed. The count moves once the kernel has the FIN or RST. */
const server = `
const { createServer } = require('node:net')
const { createSecureContext, TLSSocket } = require('node:tls')
const { parentPort, workerData } = require('node:worker_threads')
const { wires, tls, cuts } = workerData
const secureContext = tls && createSecureContext(tls)

const listening = createServer(tcp => {
	tcp.setNoDelay(true)
	const socket = tls ? new TLSSocket(tcp, { isServer: true, secureContext }) : tcp
	const cut = {
		fin: () => socket.end(() => Atomics.add(cuts, 0, 1)),
		'bare-fin': () => tcp.end(() => Atomics.add(cuts, 0, 1)),
		reset: () => tcp.once('close', () => Atomics.add(cuts, 0, 1)).resetAndDestroy(),
	}
	tcp.on('error', () => {})
	socket.on('error', () => {})
	socket.once('data', head => {
		const [, wire, bytes, how] = String(head).split(' ')[1].split('/')
		socket.write(Buffer.from(wires[wire].subarray(0, bytes)), cut[how])
	})
})
listening.listen(0, '127.0.0.1', () => parentPort.postMessage(listening.address().port))
`
