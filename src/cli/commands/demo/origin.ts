import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../../base/clock.ts'
import type { ByteRange } from '../../../model/byte-range.ts'

/** A server of one file, in this process, that gives each connection the same small rate. */
export interface SlowOrigin {
	readonly url: URL
	close(): Promise<void>
}

/** Often enough that a response looks steady, seldom enough to cost nothing. */
const paceMs = 20

const etag = '"skein-demo"'

/** Begins to serve `body` on a free port of the loopback interface. */
export async function startSlowOrigin(body: Buffer, bytesPerSecond: number, clock: Clock): Promise<SlowOrigin> {
	const server = createServer((request, response) => answer(request, response, body, bytesPerSecond, clock))
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', resolve)
	})
	const { port } = server.address() as AddressInfo
	return {
		url: new URL(`http://127.0.0.1:${port}/demo.bin`),
		close: () =>
			new Promise(resolve => {
				server.close(() => resolve())
				server.closeAllConnections()
			}),
	}
}

function answer(
	request: IncomingMessage,
	response: ServerResponse,
	body: Buffer,
	bytesPerSecond: number,
	clock: Clock,
): void {
	response.on('error', () => {})
	const range = rangeOf(request, body.length)
	if (range === 'unsatisfiable') {
		response.writeHead(416, { 'Content-Range': `bytes */${body.length}` }).end()
		return
	}
	const { start, end } = range ?? { start: 0, end: body.length }
	response.writeHead(range === undefined ? 200 : 206, {
		'Accept-Ranges': 'bytes',
		'Content-Length': end - start,
		'Content-Type': 'application/octet-stream',
		ETag: etag,
		...(range === undefined ? {} : { 'Content-Range': `bytes ${start}-${end - 1}/${body.length}` }),
	})
	pace(response, body.subarray(start, end), bytesPerSecond, clock)
}

/** One range, or undefined where the whole is to be sent (RFC 9110 §14.2: what is not understood is ignored). */
function rangeOf({ headers }: IncomingMessage, bytes: number): ByteRange | 'unsatisfiable' | undefined {
	const match = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '')
	const ifRange = headers['if-range']
	if (match === null || (ifRange !== undefined && ifRange !== etag)) return undefined
	const start = Number(match[1])
	const last = match[2] === '' ? bytes - 1 : Math.min(Number(match[2]), bytes - 1)
	return start > last ? 'unsatisfiable' : { start, end: last + 1 }
}

/** Sends what is due by the clock, so that a late timer changes the steps and not the rate. */
function pace(response: ServerResponse, body: Buffer, bytesPerSecond: number, clock: Clock): void {
	const startMs = clock.now()
	let sent = 0
	const timer = clock.every(paceMs, () => {
		const due = Math.min(body.length, Math.floor(((clock.now() - startMs) * bytesPerSecond) / 1000))
		if (due > sent) response.write(body.subarray(sent, due))
		sent = due
		if (sent === body.length) finish()
	})
	const finish = (): void => {
		timer.stop()
		response.end()
	}
	response.once('close', () => timer.stop())
}
