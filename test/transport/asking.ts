import type { Socket } from 'node:net'
import { type Cancel, neverCancelled } from '../../src/base/abort.ts'
import type { BodyEnd, Exchange, Intake, Request, Transport } from '../../src/transport/contract.ts'

export function get(url: string, changes: Partial<Omit<Request, 'url'>> = {}): Request {
	return { url: new URL(url), headers: [], connectTimeoutMs: 10_000, stallTimeoutMs: 10_000, ...changes }
}

/** An intake that keeps what it is given, in blocks of `blockBytes`. `pauseWhen` decides after each filling. */
export class Collector implements Intake {
	readonly #pieces: Buffer[] = []
	readonly #blockBytes: number
	readonly #pauseWhen: (received: number) => boolean
	#memory: Buffer = Buffer.alloc(0)
	#received = 0

	constructor(blockBytes: number = 16 * 1024, pauseWhen: (received: number) => boolean = () => false) {
		this.#blockBytes = blockBytes
		this.#pauseWhen = pauseWhen
	}

	get received(): number {
		return this.#received
	}

	get bytes(): Buffer {
		return Buffer.concat(this.#pieces)
	}

	memory(): Uint8Array {
		this.#memory = Buffer.alloc(this.#blockBytes)
		return this.#memory
	}

	filled(bytes: number): boolean {
		this.#pieces.push(this.#memory.subarray(0, bytes))
		this.#received += bytes
		return !this.#pauseWhen(this.#received)
	}
}

export interface Answer {
	readonly exchange: Exchange
	readonly end: BodyEnd
	readonly bytes: Buffer
}

/** Sends a GET and receives its body whole. */
export async function fetchWhole(
	transport: Transport,
	request: Request,
	{ cancel = neverCancelled, blockBytes }: { cancel?: Cancel; blockBytes?: number } = {},
): Promise<Answer> {
	const exchange = await transport.send(request, cancel)
	const collector = new Collector(blockBytes)
	const end = await exchange.receive(collector)
	return { exchange, end, bytes: collector.bytes }
}

/** One request as a scripted server sees it. */
export interface Asked {
	readonly socket: Socket
	/** The request head, without the empty line. */
	readonly head: string
	readonly path: string
	/** Counts the requests of this connection from 0. */
	readonly nth: number
}

/** A server's side: calls `answer` for each request head that comes over a connection. */
export function answering(
	answer: (asked: Asked, connection: number) => void,
): (socket: Socket, connection: number) => void {
	return (socket: Socket, connection: number): void => {
		let gathered = ''
		let nth = 0
		socket.on('data', data => {
			gathered += data.toString('latin1')
			for (let end = gathered.indexOf('\r\n\r\n'); end >= 0; end = gathered.indexOf('\r\n\r\n')) {
				const head = gathered.slice(0, end)
				gathered = gathered.slice(end + 4)
				answer({ socket, head, path: head.split(' ')[1] ?? '', nth: nth++ }, connection)
			}
		})
	}
}

/** Settles once `condition` holds; it is looked at after every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

/** The body cut into chunks of the sizes given in turn, ended as it should be. */
export function chunked(body: Buffer, sizes: readonly number[] = [1000]): Buffer {
	const pieces: Buffer[] = []
	for (let at = 0, turn = 0; at < body.length; turn++) {
		const piece = body.subarray(at, at + (sizes[turn % sizes.length] ?? 1))
		pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
		at += piece.length
	}
	return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}
