import type { Cancel } from '../base/abort.ts'

/**
 * How requests leave and bytes come in. Its promises are checked by `test/contract/transport.ts`.
 *
 * A body that ended early is never reported as ended: `receive` rejects with `E_TRUNCATED` (the framing says that
 * bytes are missing) or `E_NETWORK` (the connection failed). Every rejection is a `DownloadError`, but for a cancelled
 * exchange, which rejects with the reason that `cancel` was given.
 */
export interface Transport {
	/**
	 * Sends a GET and resolves when the final response head is there (1xx are passed over). `cancel` is for the body too.
	 *
	 * Rejects with E_NETWORK (name, connect, reset), E_TLS, E_TIMEOUT (connecting), E_STALLED (no head in time) or
	 * E_PROTOCOL (a head that RFC 9112 forbids). A reused connection that turns out to be closed is replaced once, silently.
	 */
	send(request: Request, cancel: Cancel): Promise<Exchange>
	/** Closes idle connections and cancels open ones; resolves when no socket is left. */
	close(): Promise<void>
}

export interface Request {
	readonly url: URL
	/** In the order in which they are sent. Host and Connection are the transport's own. */
	readonly headers: readonly (readonly [name: string, value: string])[]
	readonly connectTimeoutMs: number
	/** No byte for this long while a head or body is awaited; the time that the reader itself paused does not count. */
	readonly stallTimeoutMs: number
}

/** One response. Either `receive` or `cancel` must be called, or the connection is never given back. */
export interface Exchange {
	readonly head: ResponseHead
	readonly via: Via
	/**
	 * Delivers the body into memory that the reader owns, and resolves with how it ended. To be called once.
	 *
	 * What has come already is delivered within the call, and so it is by `resume`.
	 * When the promise has settled, and not before, the transport has let go of that memory.
	 */
	receive(into: Intake): Promise<BodyEnd>
	/** Goes on after `filled` answered false. Without effect when not paused, as within `filled` itself. */
	resume(): void
	/** Gives up the response and its connection. From now on there is no call to `Intake`; `receive` rejects with `reason`. */
	cancel(reason: unknown): void
}

/** Where a body goes. Called synchronously from the socket; must not throw. */
export interface Intake {
	/** Memory for the next bytes; never empty. Not asked for while paused. */
	memory(): Uint8Array
	/** `bytes` of what `memory` last gave are filled. False pauses: no further call until `resume`. */
	filled(bytes: number): boolean
}

export interface ResponseHead {
	readonly status: number
	readonly reason: string
	/** Fields by lower-case name; a repeated field is joined with ", " in the order received. */
	readonly fields: ReadonlyMap<string, string>
	/** The body's length by Content-Length; undefined where chunks or a close mark the end. */
	readonly contentLength: number | undefined
}

export interface Via {
	/** Counts connections of this transport from 1. */
	readonly connection: number
	readonly reused: boolean
	/** Time for name, TCP and TLS; 0 when reused. */
	readonly connectMs: number
	/** Time from the request written to the head read. */
	readonly headMs: number
}

export interface BodyEnd {
	readonly framing: 'length' | 'chunked' | 'close'
	readonly bytes: number
	/** False where only a closed connection marked the end: the body may have been cut short. */
	readonly lengthVerified: boolean
}
