import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { KeyPair } from './certificates.ts'
import type { Answer, Script } from './origin/answer.ts'
import { deliver, type Manner } from './origin/delivery.ts'
import { Pacer } from './origin/pacing.ts'
import { type Content, nameOf } from './origin/representation.ts'
import { onRequests, type RequestHead, type RequestRecord } from './origin/request.ts'
import { composeResponse } from './origin/response.ts'
import { type RawServer, reset, startRawServer } from './raw-server.ts'

export type { Answer, Script } from './origin/answer.ts'
export type { Content, Representation } from './origin/representation.ts'
export type { RequestRecord } from './origin/request.ts'

export interface OriginOptions {
	/** What every path names, unless `answer` says otherwise; a list of versions begins with its first. */
	readonly body: Content | readonly Content[]
	/** Decides on each answer. Default: the right one. */
	readonly answer?: Script
	readonly tls?: KeyPair
	/** Where to listen, for an origin that comes back. Default: a free port. */
	readonly port?: number
	/** For each response. Default: as fast as the client reads. */
	readonly bytesPerSecond?: number
	/** For all responses together, shared fairly. Default: no limit. */
	readonly totalBytesPerSecond?: number
	/** How long every head is held back. Default 0. */
	readonly delayMs?: number
	/** A connection beyond so many is reset as soon as it opens. Default: no limit. */
	readonly maxConnections?: number
}

/** A server on loopback that misbehaves as it is told, and keeps a record of what it was asked. */
export interface Origin extends AsyncDisposable {
	readonly port: number
	/** An absolute address here. Default path: `/file.bin`. */
	url(path?: string): string
	/** In the order in which they came. */
	readonly requests: readonly RequestRecord[]
	readonly connectionsOpen: number
	/** The most that were open at once, those beyond `maxConnections` not counted. */
	readonly connectionsPeak: number
	/** Body bytes that sockets took, of all requests. */
	readonly bytesSent: number
	/** Which version is served from the next request on. */
	setVersion(version: number): void
	/** Ends every connection. Rejects with what a script threw. Idempotent. */
	close(): Promise<void>
}

export async function startOrigin(options: OriginOptions): Promise<Origin> {
	const origin = new MisbehavingOrigin(options)
	await origin.listen()
	return origin
}

class MisbehavingOrigin implements Origin {
	readonly requests: RequestRecord[] = []
	readonly #options: OriginOptions
	readonly #versions: readonly Content[]
	readonly #pacer: Pacer
	readonly #startedAtMs = performance.now()
	#server: RawServer | undefined
	#version = 0
	#peak = 0
	#scriptError: unknown

	constructor(options: OriginOptions) {
		this.#options = options
		this.#versions = isList(options.body) ? options.body : [options.body]
		this.#pacer = new Pacer(options.totalBytesPerSecond)
	}

	async listen(): Promise<void> {
		const { tls, port } = this.#options
		this.#server = await startRawServer((socket, index) => this.#welcome(socket, index), { tls, port })
	}

	get port(): number {
		return this.#listening.port
	}

	url(path = '/file.bin'): string {
		return this.#listening.origin + path
	}

	get connectionsOpen(): number {
		return this.#listening.connections()
	}

	get connectionsPeak(): number {
		return this.#peak
	}

	get bytesSent(): number {
		return this.requests.reduce((sum, request) => sum + request.bytesSent, 0)
	}

	setVersion(version: number): void {
		this.#version = version
	}

	async close(): Promise<void> {
		await this.#listening.close()
		if (this.#scriptError !== undefined) throw this.#scriptError
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close()
	}

	get #listening(): RawServer {
		if (this.#server === undefined) throw new Error('The origin is not listening')
		return this.#server
	}

	#welcome(socket: Socket, connection: number): void {
		const { maxConnections = Number.POSITIVE_INFINITY } = this.#options
		if (this.connectionsOpen > maxConnections) {
			reset(socket)
			return
		}
		this.#peak = Math.max(this.#peak, this.connectionsOpen)
		onRequests(socket, head => this.#serve(socket, head, connection))
	}

	async #serve(socket: Socket, head: RequestHead, connection: number): Promise<void> {
		// A client may have sent more than one request before this connection was ended.
		if (!socket.writable) return
		const record = this.#record(head, connection)
		try {
			const answer = this.#options.answer?.(record, record.index) ?? {}
			record.outcome = await this.#answer(socket, record, answer)
		} catch (error) {
			this.#scriptError ??= error
			record.outcome = 'cut'
			reset(socket)
		}
	}

	#record(head: RequestHead, connection: number): RequestRecord {
		const index = this.requests.length
		const atMs = performance.now() - this.#startedAtMs
		const record: RequestRecord = {
			...head,
			index,
			connection,
			atMs,
			status: undefined,
			bytesSent: 0,
			outcome: 'open',
		}
		this.requests.push(record)
		return record
	}

	#answer(socket: Socket, record: RequestRecord, answer: Answer): Promise<RequestRecord['outcome']> {
		const content = answer.content ?? this.#versions[answer.version ?? this.#version]
		if (content === undefined) throw new Error(`The origin has ${this.#versions.length} versions, counted from 0`)
		return deliver(socket, composeResponse(record, answer, nameOf(content)), this.#manner(answer), record)
	}

	#manner(answer: Answer): Manner {
		const { bytesPerSecond = this.#options.bytesPerSecond ?? Number.POSITIVE_INFINITY, slowedBy = 1 } = answer
		if (slowedBy !== 1 && !Number.isFinite(bytesPerSecond)) throw new Error('Only a known rate can be slowed')
		return {
			pacer: this.#pacer,
			bytesPerSecond: bytesPerSecond / slowedBy,
			delayMs: answer.hang ? Number.POSITIVE_INFINITY : (answer.delayMs ?? this.#options.delayMs ?? 0),
			stallAt: answer.stallAt,
			stallMs: answer.stallMs,
			cut: answer.cut,
		}
	}
}

function isList(body: OriginOptions['body']): body is readonly Content[] {
	return Array.isArray(body)
}
