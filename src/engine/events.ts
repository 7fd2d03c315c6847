import type { DownloadError, ErrorCode } from '../base/errors.ts'
import type { ClimbFacts } from '../control/connections.ts'
import type { Doubling } from '../control/doubling.ts'
import type { Verdict } from '../control/verdict.ts'
import type { ByteRange } from '../model/byte-range.ts'
import type { Digest } from '../model/digest.ts'

/** What a run tells while it goes on. Field names are those of `--json`: scripts rely on them. */
export type DownloadEvent = ProbedEvent | RetryEvent | NoticeEvent | DoneEvent | FailedEvent

/** The first answer was understood: the size is known, a place is taken, bytes begin to come. */
export interface ProbedEvent {
	readonly event: 'probed'
	/** The address that the bytes come from, without user info, query and fragment. */
	readonly url: string
	/** Absolute; null for a stream. */
	readonly path: string | null
	readonly bytes: number | null
	/** Whether the server sends parts of the file. */
	readonly ranges: boolean
	readonly validator: 'etag' | 'last-modified' | 'none'
	/** Bytes that an earlier run left and that could be trusted. */
	readonly resumedFrom: number
}

/**
 * A request is made again after `delayMs`. `attempt` counts failures in a row without a new byte; it is 0 where the one before
 * had brought some, and where nothing failed but was far slower than its siblings.
 */
export interface RetryEvent {
	readonly event: 'retry'
	readonly code: ErrorCode
	readonly delayMs: number
	readonly attempt: number
	readonly message: string
}

/** Something that the user should know and that does not stop the download. */
export interface NoticeEvent {
	readonly event: 'notice'
	readonly message: string
}

export interface DoneEvent extends DownloadResult {
	readonly event: 'done'
}

export interface FailedEvent {
	readonly event: 'failed'
	readonly code: ErrorCode
	readonly message: string
	readonly hint: string | null
	readonly error: DownloadError
}

/** What a finished download was. */
export interface DownloadResult {
	/** Absolute; null for a stream. */
	readonly path: string | null
	readonly bytes: number
	readonly durationMs: number
	/** Body bytes off the network, wasted ones too. */
	readonly bytesReceived: number
	readonly requests: number
	readonly connectionsPeak: number
	readonly resumedFrom: number
	/** False where only a closed connection marked the end of the file. */
	readonly lengthVerified: boolean
	readonly verified: readonly Digest[]
	readonly verdict: Verdict
	/** Null where nothing was downloaded. */
	readonly explanation: Explanation | null
	/** True where the file was there already and `ifExists` was `skip`. */
	readonly skipped: boolean
}

/** The figures behind a verdict. */
export interface Explanation {
	/** The best goodput that `auto` measured with each number of connections, in the order in which it came to them. */
	readonly goodputs: readonly { readonly connections: number; readonly bytesPerSecond: number }[]
	/** The last time that `auto` tried more connections to the end, and whether that paid. */
	readonly lastStep: Doubling | null
	/** Why `auto` took no more connections. */
	readonly heldBy: NonNullable<ClimbFacts['heldBy']> | null
	/** Of all downloads together, as it was at the end. */
	readonly limitBytesPerSecond: number | null
	/** While a connection had to wait for the limit. */
	readonly heldByLimitMs: number
	/** While nothing came, because every connection waited for a response head or for its next attempt. */
	readonly waitedForServerMs: number
	/** While every connection was held back by the disk. */
	readonly waitedForDiskMs: number
	/** While one connection was left of several, and nothing to do for the others. */
	readonly heldUpByOneLaneMs: number
	/** User and system time of this process, with all that it did beside this download. */
	readonly cpuMs: number
	/** Connections that the server turned down while it served others. */
	readonly refusals: number
	/** Requests that failed and were made again. */
	readonly retries: number
	/** Connections that were replaced because they were far slower than the others. */
	readonly reopened: number
	/** Segments that a free connection took from a busy one. */
	readonly stolen: number
	/** Segments whose last bytes came first by a second request. */
	readonly hedged: number
	/** Body bytes that came off the network and are not in the file, or came twice. */
	readonly bytesWasted: number
}

/** How far a download is at one moment. */
export interface Snapshot {
	readonly bytesDone: number
	readonly bytesTotal: number | null
	readonly bytesPerSecond: number
	readonly connections: number
	readonly etaMs: number | null
	/** Which parts are there, in order and apart; for the bar that shows them. */
	readonly parts: readonly ByteRange[]
	readonly state: 'probing' | 'transferring' | 'paused' | 'verifying' | 'publishing' | 'ended'
}
