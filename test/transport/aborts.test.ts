import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/api/system.ts'
import { CancelSource } from '../../src/base/abort.ts'
import type { Exchange, Intake, Transport } from '../../src/transport/contract.ts'
import { createTransport } from '../../src/transport/transport.ts'
import { certificates } from '../support/certificates.ts'
import { type RawServer, startRawServer } from '../support/raw-server.ts'
import { answering, get, until } from './asking.ts'

const rounds = 500
const exchangesPerRound = 8
const bodyBytes = 100_000
const blockBytes = 8 * 1024
/** What a block holds that nobody has. */
const canary = 0xa5

let seed = 20_260_101
/** mulberry32: the same moments in every run. */
function random(below: number): number {
	seed = (seed + 0x6d2b79f5) | 0
	let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
	mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
	return ((mixed ^ (mixed >>> 14)) >>> 0) % below
}

/** Bodies of one round differ in each byte, so that a byte in the wrong block shows. None holds the canary. */
const bodies = Array.from({ length: 150 }, (_, index) => Buffer.alloc(bodyBytes, index + 1))
const bodyOf = (id: number): Buffer => bodies[id % bodies.length] as Buffer

let servers: { transport: Transport; server: RawServer }[] = []

beforeAll(async () => {
	const keys = await certificates()
	const onConnection = answering(({ socket, path }) => {
		const [, framing, id] = path.split('/')
		const body = bodyOf(Number(id))
		if (framing === 'length')
			socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\n\r\n`), body]))
		else if (framing === 'close') socket.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), body]))
		else {
			const chunk = Buffer.concat([Buffer.from(`${bodyBytes.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
			socket.write(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), chunk]))
		}
	})
	servers = await Promise.all(
		[undefined, keys].map(async tls => ({
			transport: createTransport({ clock: systemClock, tls: { ca: keys.ca } }),
			server: await startRawServer(onConnection, { tls }),
		})),
	)
})

afterAll(async () => {
	for (const { transport, server } of servers) {
		await transport.close()
		await server.close()
	}
})

const free = Buffer.alloc(blockBytes, canary)
const pool: Buffer[] = []

function takeBlock(): Buffer {
	const block = pool.pop() ?? Buffer.alloc(blockBytes, canary)
	if (!block.equals(free)) throw new Error('A free block was written to')
	return block
}

function giveBack(block: Buffer): void {
	block.fill(canary)
	pool.push(block)
}

/** Fills one block after another and checks, at the end of each, that it holds this body's bytes and no others. */
class CheckingIntake implements Intake {
	readonly #expected: Buffer
	readonly #onFilled: () => boolean
	#block: Buffer = takeBlock()
	#filled = 0

	constructor(id: number, onFilled: () => boolean) {
		this.#expected = bodyOf(id).subarray(0, blockBytes)
		this.#onFilled = onFilled
	}

	memory(): Uint8Array {
		return this.#block.subarray(this.#filled)
	}

	filled(bytes: number): boolean {
		this.#filled += bytes
		if (this.#filled === blockBytes) {
			this.release()
			this.#block = takeBlock()
			this.#filled = 0
		}
		return this.#onFilled()
	}

	/** For when the transport has let go of the memory. */
	release(): void {
		const own = this.#block.subarray(0, this.#filled)
		if (!own.equals(this.#expected.subarray(0, this.#filled))) throw new Error('A block holds bytes of another body')
		giveBack(this.#block)
	}
}

/** Runs one exchange that is cancelled after so many turns of the event loop, or so many fillings, or not at all. */
async function exchangeOnce(id: number, tally: { whole: number; cancelled: number }): Promise<void> {
	const { transport, server } = servers[id % 2] as (typeof servers)[number]
	const framing = ['length', 'chunked', 'close'][random(3)]
	const cancel = new CancelSource()
	const reason = new Error('cancelled')
	const turns = random(40)
	let fillings = random(40)
	const way = random(4)
	const pauses = random(3) === 0
	if (way === 0) void afterTurns(turns, () => cancel.cancel(reason))
	let exchange: Exchange | undefined
	let intake: CheckingIntake | undefined
	try {
		exchange = await transport.send(get(`${server.origin}/${framing}/${id}`), cancel)
		if (way === 1) void afterTurns(random(5), () => exchange?.cancel(reason))
		intake = new CheckingIntake(id, () => {
			fillings -= 1
			if (way === 2 && fillings === 0) exchange?.cancel(reason)
			if (!pauses || random(4) > 0) return true
			void afterTurns(1 + random(4), () => exchange?.resume())
			return false
		})
		const end = await exchange.receive(intake)
		expect(end.bytes).toBe(bodyBytes)
		tally.whole += 1
	} catch (error) {
		if (error !== reason) throw error
		tally.cancelled += 1
	} finally {
		intake?.release()
	}
}

async function afterTurns(turns: number, action: () => void): Promise<void> {
	for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
	action()
}

test(`${rounds} rounds of exchanges cancelled at random moments mix no bytes and leave no socket`, async () => {
	const socketsBefore = openSockets()
	const tally = { whole: 0, cancelled: 0 }
	let id = 0
	for (let round = 0; round < rounds; round++) {
		await Promise.all(Array.from({ length: exchangesPerRound }, () => exchangeOnce(id++, tally)))
	}
	expect(tally.whole + tally.cancelled).toBe(rounds * exchangesPerRound)
	expect(tally.whole).toBeGreaterThan(rounds)
	expect(tally.cancelled).toBeGreaterThan(rounds)
	for (const block of pool) expect(block.equals(free)).toBe(true)
	for (const { transport } of servers) await transport.close()
	await until(() => servers.every(({ server }) => server.connections() === 0))
	await until(() => openSockets() <= socketsBefore)
}, 60_000)

/** Both ends of all connections, as the process sees them. */
function openSockets(): number {
	return process.getActiveResourcesInfo().filter(kind => kind === 'TCPSocketWrap').length
}
