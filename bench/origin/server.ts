import type { Socket } from 'node:net'
import { pseudoRandom } from '../../test/support/body.ts'
import { deliver, type Manner } from '../../test/support/origin/delivery.ts'
import { nameOf } from '../../test/support/origin/representation.ts'
import { onRequests, type RequestHead } from '../../test/support/origin/request.ts'
import { composeResponse } from '../../test/support/origin/response.ts'
import { type RawServer, reset, startRawServer } from '../../test/support/raw-server.ts'
import { type ConnectionRecord, RunRecord } from './run-record.ts'
import type { OriginSpec, Tally } from './spec.ts'

/** An origin of one file that counts each run of a client by itself. */
export interface BenchOrigin {
	readonly url: string
	/** From here on a new run is counted, and laws of rate begin anew. */
	begin(): void
	/** Ends what is still open, and says what was seen since `begin`. */
	end(): Tally
	close(): Promise<void>
}

/** Listens on a free port. */
export async function startBenchOrigin(spec: OriginSpec): Promise<BenchOrigin> {
	const content = nameOf(pseudoRandom(spec.bytes, spec.version ?? 1))
	const sockets = new Set<Socket>()
	let run = new RunRecord(spec)

	const welcome = (socket: Socket): void => {
		const own = run
		const connection = own.connected()
		sockets.add(socket)
		socket.once('close', () => {
			sockets.delete(socket)
			own.disconnected()
		})
		onRequests(socket, head => serve(socket, head, own, connection))
	}

	const serve = async (
		socket: Socket,
		head: RequestHead,
		own: RunRecord,
		connection: ConnectionRecord,
	): Promise<void> => {
		// A client may have sent more than one request before this connection was ended.
		if (!socket.writable) return
		const { record, answer } = own.asked(head, connection)
		const isAnswer = answer.status === undefined && answer.raw === undefined && answer.hang !== true
		const over = isAnswer ? own.answering() : () => {}
		try {
			const manner = mannerOf(answer, own, connection)
			record.outcome = await deliver(socket, composeResponse(record, answer, content), manner, record)
		} finally {
			over()
		}
	}

	const server: RawServer = await startRawServer(welcome, { host: spec.host })
	return {
		url: `${server.origin}/file.bin`,
		begin() {
			run = new RunRecord(spec)
		},
		end() {
			const { tally } = run
			for (const socket of sockets) reset(socket)
			return tally
		},
		close: () => server.close(),
	}
}

function mannerOf(
	answer: { readonly hang?: boolean; readonly stallAt?: number; readonly cut?: Manner['cut'] },
	{ pacer }: RunRecord,
	{ rate }: ConnectionRecord,
): Manner {
	return {
		pacer,
		bytesPerSecond: rate,
		delayMs: answer.hang ? Number.POSITIVE_INFINITY : 0,
		stallAt: answer.stallAt,
		stallMs: undefined,
		cut: answer.cut,
	}
}
