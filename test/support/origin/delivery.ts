import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { endUnannounced, reset } from '../raw-server.ts'
import type { Cut } from './answer.ts'
import { isLimit, type Paced, type Pacer, type Rate } from './pacing.ts'
import type { RequestRecord } from './request.ts'
import type { Response } from './response.ts'
import { whenTaken } from './unsent.ts'

const writeBytes = 64 * 1024

/** How a response goes out. */
export interface Manner {
	readonly pacer: Pacer
	/** Infinite: as fast as the client reads. */
	readonly bytesPerSecond: Rate
	/** How long nothing comes at all; infinite for ever. */
	readonly delayMs: number
	readonly stallAt: number | undefined
	/** Undefined: for ever. */
	readonly stallMs: number | undefined
	readonly cut: Cut | undefined
}

/** Sends a response and says how it ended; the record counts what the socket took. */
export async function deliver(
	socket: Socket,
	response: Response,
	manner: Manner,
	record: RequestRecord,
): Promise<RequestRecord['outcome']> {
	const delivery = new Delivery(socket, response, manner, record)
	const { promise: gone, off } = whenClosed(socket)
	try {
		return await Promise.race([gone, delivery.run()])
	} finally {
		off()
		delivery.stop()
	}
}

class Delivery implements Paced {
	readonly #socket: Socket
	readonly #response: Response
	readonly #manner: Manner
	readonly #record: RequestRecord
	readonly #cut: Cut | undefined
	#at = 0
	#target = 0
	#reached: () => void = () => {}
	#stopFeeding: () => void = () => {}

	constructor(socket: Socket, response: Response, manner: Manner, record: RequestRecord) {
		this.#socket = socket
		this.#response = response
		this.#manner = manner
		this.#record = record
		this.#cut = manner.cut !== undefined && manner.cut.at <= response.body.length ? manner.cut : undefined
	}

	async run(): Promise<RequestRecord['outcome']> {
		const { delayMs, stallAt = Number.POSITIVE_INFINITY, stallMs = Number.POSITIVE_INFINITY } = this.#manner
		const endAt = this.#cut?.at ?? this.#response.body.length
		await pause(delayMs)
		if (this.#socket.destroyed) return 'gone'
		await this.#begin(Math.min(stallAt, endAt))
		if (stallAt <= endAt) await pause(stallMs)
		if (this.#socket.destroyed) return 'gone'
		await this.#upTo(endAt)
		return this.#finish()
	}

	stop(): void {
		this.#stopFeeding()
	}

	wanted(): number {
		return this.#socket.writableNeedDrain ? 0 : this.#target - this.#at
	}

	send(bytes: number): void {
		const part = this.#response.body.subarray(this.#at, this.#at + bytes)
		this.#at += bytes
		const isLast = this.#at === this.#target
		if (isLast) this.stop()
		this.#write(part, () => {
			this.#record.bytesSent += bytes
			if (isLast) this.#reached()
		})
	}

	/** Head and first bytes leave together where nothing holds the bytes back: a client must expect that. */
	async #begin(target: number): Promise<void> {
		this.#record.status = this.#response.status
		this.#socket.cork()
		const taken = [this.#writeHead(), this.#upTo(target)]
		this.#socket.uncork()
		await Promise.all(taken)
	}

	#writeHead(): Promise<void> {
		const { head } = this.#response
		return head.length === 0 ? Promise.resolve() : new Promise(resolve => this.#socket.write(head, () => resolve()))
	}

	/** Resolves when the socket has taken all up to `target`. */
	#upTo(target: number): Promise<void> {
		if (this.#at >= target) return Promise.resolve()
		this.#target = target
		return new Promise(resolve => {
			this.#reached = resolve
			this.#feed()
		})
	}

	/** As fast as the client reads, or as the pacer grants. */
	#feed(): void {
		const { pacer, bytesPerSecond } = this.#manner
		if (pacer.limited || isLimit(bytesPerSecond)) {
			this.#stopFeeding = pacer.add(this, bytesPerSecond)
		} else {
			this.#socket.on('drain', this.#pump)
			this.#stopFeeding = () => this.#socket.off('drain', this.#pump)
			this.#pump()
		}
	}

	readonly #pump = (): void => {
		for (let bytes = this.wanted(); bytes > 0; bytes = this.wanted()) this.send(Math.min(bytes, writeBytes))
	}

	#write(part: Buffer, taken: () => void): void {
		const isChunk = this.#response.framing === 'chunked'
		this.#socket.cork()
		if (isChunk) this.#socket.write(`${part.length.toString(16)}\r\n`)
		this.#socket.write(part, error => error ?? taken())
		if (isChunk) this.#socket.write('\r\n')
		this.#socket.uncork()
	}

	async #finish(): Promise<RequestRecord['outcome']> {
		if (this.#cut !== undefined) {
			await cutOff(this.#socket, this.#cut.by)
			return 'cut'
		}
		if (this.#response.framing === 'chunked') this.#socket.write('0\r\n\r\n')
		if (this.#response.close) this.#socket.end()
		return 'whole'
	}
}

async function cutOff(socket: Socket, by: Cut['by']): Promise<void> {
	if (by === 'fin') socket.end()
	else if (by === 'bare-fin') endUnannounced(socket)
	else await whenTaken(socket).then(() => reset(socket))
}

async function pause(ms: number): Promise<void> {
	if (ms === 0) return
	// Without `ref`: a pause must not outlive the test that is over.
	await (Number.isFinite(ms) ? setTimeout(ms, undefined, { ref: false }) : new Promise<never>(() => {}))
}

function whenClosed(socket: Socket): { promise: Promise<'gone'>; off(): void } {
	let onClose = (): void => {}
	const promise = new Promise<'gone'>(resolve => {
		onClose = () => resolve('gone')
	})
	if (socket.destroyed) onClose()
	socket.once('close', onClose)
	return { promise, off: () => socket.off('close', onClose) }
}
