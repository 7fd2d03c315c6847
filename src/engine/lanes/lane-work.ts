import type { Cancel } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import type { DownloadError } from '../../base/errors.ts'
import type { AfterFailure } from '../../control/after-failure.ts'
import type { Claim, SegmentMap } from '../../model/segment-map.ts'
import type { BlockPool, Sink } from '../../sink/contract.ts'
import type { Meter } from '../meter.ts'
import type { RateShare } from '../rate-limit.ts'
import type { Source } from '../sources/source.ts'
import type { Answer } from './answer.ts'

/** A lane as its transfer sees it. */
export interface LaneMember {
	readonly id: number
	/** Where its requests go. */
	readonly source: Source
	/** Received over all its requests. */
	readonly bytes: number
	/** Undefined while nothing was measured. */
	readonly bytesPerSecond: number | undefined
	/** Whether a first byte of the present response has come. */
	readonly receiving: boolean
}

/** A request that failed in a way from which a lane may recover. */
export interface LaneFailure {
	readonly error: DownloadError
	/** Bytes beyond the furthest that any attempt before had reached. */
	readonly newBytes: number
	/** Nothing of the body came: the server may not want this connection at all. */
	readonly beforeFirstByte: boolean
	/** Where requests went when this one was made. */
	readonly askedAt: URL
}

/** What a lane is given by the transfer that it belongs to. */
export interface LaneWork {
	/** Where requests go. */
	readonly source: Source
	readonly map: SegmentMap
	readonly sink: Sink
	readonly blocks: BlockPool
	readonly clock: Clock
	readonly meter: Meter
	readonly rateShare: RateShare
	/** Whether what is missing can be asked for, and will be of the same version. Where not, a break means to start over. */
	readonly canGoOn: boolean
	/** Where requests go at present; for messages. */
	readonly url: URL
	/** Whether writes shall be recorded with their CRC32. */
	readonly crc: () => boolean
	/** Whether blocks may be large: bytes come so fast that one is full in a moment, and nobody wants them in smaller ones. */
	readonly large: () => boolean
	/** The next segment for a lane, or for one that is still to begin; undefined where it should end. */
	nextClaim(lane?: LaneMember): Claim | undefined
	/** Asks for what is left of a claim; where the address has `expired`, by way of the first URL. */
	ask(claim: Claim, cancel: Cancel, expired: URL | undefined): Promise<Answer>
	/** How far attempts at these bytes have come before: a new byte is one beyond the furthest that any of them reached. */
	reachedBefore(claim: Claim): number
	/**
	 * Notes an attempt that brought no byte beyond `offset`, and answers how many there have been, on whatever lane: bytes
	 * that are passed on from lane to lane are not tried for ever.
	 */
	countFailureAt(offset: number): number
	/**
	 * Whether a request that was begun at `askedSinceMs`, and brought no byte beyond `offset`, failed because of a sleep since:
	 * that is no failure of anybody's. Once an offset: a machine that is stopped in every attempt has to give up too.
	 */
	excusedBySleep(error: DownloadError, askedSinceMs: number, offset: number): boolean
	/** What to do after a failure; `attempt` counts those in a row without a new byte, 0 where this one brought some. */
	decide(lane: LaneMember, failure: LaneFailure, attempt: number): AfterFailure
	/** Says that a request is made again; `attempt` is 0 where the one before did not fail. */
	tellRetry(error: DownloadError, delayMs: number, attempt: number): void
	/** Before a claim is asked for again: where nothing proves that the bytes would be of the same version, it starts over. */
	prepareRetry(claim: Claim): void
	grow(claim: Claim, limit: number): boolean
	written(claim: Claim, start: number, end: number, crc32: number | undefined): void
	/** The body of unknown length ended here. */
	endAt(bytes: number, lengthVerified: boolean): void
	/** Ends the download. */
	fail(error: unknown): void
}
