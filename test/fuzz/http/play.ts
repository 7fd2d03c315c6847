import { neverCancelled } from '../../../src/base/abort.ts'
import { type ErrorCode, isDownloadError } from '../../../src/base/errors.ts'
import type { Exchange, Intake } from '../../../src/transport/contract.ts'
import { Connection } from '../../../src/transport/http1/connection.ts'
import { composeRequest } from '../../../src/transport/http1/request.ts'
import { createScratch, Wire } from '../../../src/transport/wire.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { get } from '../../transport/asking.ts'
import { type Ending, LooseSocket } from './loose-socket.ts'
import type { Outcome } from './outcome.ts'

/** How an answer comes, and how it is read. */
export interface Manner {
	/** Where the wire is cut into pieces, in ascending order; none: it comes at once. */
	readonly cuts: readonly number[]
	readonly ending: Ending
	readonly blockBytes: number
	/** The reader pauses after each so many fillings; 0: never. */
	readonly pauseEvery: number
}

export const atOnce: Manner = { cuts: [], ending: 'fin', blockBytes: 16 * 1024, pauseEvery: 0 }

const scratch = createScratch()
const outgoing = composeRequest(get('http://here/'))

/**
 * Gives a wire to the client and answers with what it made of it. Throws where it hung, was called back more often than
 * the bytes that came can explain, or rejected with what is no `DownloadError`.
 */
export async function play(wire: Buffer, manner: Manner): Promise<Outcome> {
	const clock = new FakeClock()
	const pieces = piecesOf(wire, manner.cuts)
	let socket: LooseSocket | undefined
	let kept = false
	const connection = new Connection({
		wire: new Wire(
			scratch,
			onread => {
				socket = new LooseSocket(onread, pieces, manner.ending)
				return socket.asSocket()
			},
			() => {},
		),
		scratch,
		clock,
		keeper: {
			idle: () => {
				kept = true
			},
			gone: () => {},
		},
		number: 1,
		connectMs: 0,
	})
	const reader = new Reader(manner)
	const outcome = await settled(
		clock,
		read(connection, reader, () => kept),
	)
	const callsAllowed = 2 * wire.length + pieces.length + 8
	const calls = (socket?.reads ?? 0) + reader.calls
	if (calls > callsAllowed) throw new Error(`${calls} calls for ${wire.length} bytes in ${pieces.length} pieces`)
	return outcome
}

function piecesOf(wire: Buffer, cuts: readonly number[]): Buffer[] {
	const pieces = [...cuts, wire.length].map((to, index) => wire.subarray(cuts[index - 1] ?? 0, to))
	return pieces.filter(piece => piece.length > 0)
}

async function read(connection: Connection, reader: Reader, kept: () => boolean): Promise<Outcome> {
	let exchange: Exchange | undefined
	try {
		exchange = await connection.send(outgoing, neverCancelled)
	} catch (error) {
		return { refused: codeOf(error) }
	}
	if (exchange === undefined) throw new Error('A first connection has nothing to be replaced by')
	const { status, reason, fields } = exchange.head
	const end = await reader.receive(exchange).catch(codeOf)
	return { status, reason, fields, body: reader.body, end, kept: kept() }
}

/** Lets time pass only where nothing else can happen: a server that keeps silent is given up then. */
async function settled(clock: FakeClock, outcome: Promise<Outcome>): Promise<Outcome> {
	let done = false
	const note = (): void => {
		done = true
	}
	outcome.then(note, note)
	for (let turn = 0; turn < 6 && !done; turn++) await nextTurn()
	if (!done) await clock.advance(get('http://here/').stallTimeoutMs)
	for (let turn = 0; turn < 6 && !done; turn++) await nextTurn()
	if (!done) throw new Error('The client hangs')
	return outcome
}

function nextTurn(): Promise<void> {
	return new Promise(resolve => setImmediate(resolve))
}

function codeOf(error: unknown): ErrorCode {
	if (!isDownloadError(error)) throw error
	return error.code
}

class Reader implements Intake {
	calls = 0
	body = ''
	readonly #pauseEvery: number
	readonly #memory: Buffer
	#exchange: Exchange | undefined

	constructor({ blockBytes, pauseEvery }: Manner) {
		this.#memory = Buffer.alloc(blockBytes)
		this.#pauseEvery = pauseEvery
	}

	receive(exchange: Exchange): ReturnType<Exchange['receive']> {
		this.#exchange = exchange
		return exchange.receive(this)
	}

	memory(): Uint8Array {
		return this.#memory
	}

	filled(bytes: number): boolean {
		this.calls += 1
		this.body += this.#memory.toString('latin1', 0, bytes)
		if (this.#pauseEvery === 0 || this.calls % this.#pauseEvery !== 0) return true
		queueMicrotask(() => this.#exchange?.resume())
		return false
	}
}
