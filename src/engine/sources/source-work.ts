import type { Cancel } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { AfterFailure } from '../../control/after-failure.ts'
import type { Claim, SegmentMap } from '../../model/segment-map.ts'
import type { BlockPool, Sink } from '../../sink/contract.ts'
import { type Answer, askForRange, askForWhole } from '../lanes/answer.ts'
import type { LaneFailure, LaneMember, LaneWork } from '../lanes/lane-work.ts'
import type { Locator } from '../lanes/locator.ts'
import type { Recovery } from '../lanes/recovery.ts'
import type { Meter } from '../meter.ts'
import type { RateShare } from '../rate-limit.ts'
import { Restart } from '../restart.ts'
import type { Source } from './source.ts'
import type { Sources } from './sources.ts'

/** What a transfer offers to the lanes of all its sources alike. */
export interface CommonWork
	extends Omit<
		LaneWork,
		'source' | 'url' | 'nextClaim' | 'ask' | 'countFailureAt' | 'excusedBySleep' | 'decide' | 'tellRetry' | 'written'
	> {
	/** Whether a request that was begun at `askedSinceMs` may have failed because of a sleep since. */
	brokenBySleep(error: DownloadError, askedSinceMs: number): boolean
	claimFor(source: Source, lane: LaneMember | undefined): Claim | undefined
	written(claim: Claim, start: number, end: number, crc32: number | undefined): void
	/** Says that a source is of no use any more, and why. */
	leftOut(source: Source, why: DownloadError): void
}

/** A transfer, as the lanes of one source see it. What ends a download with one source only ends the source where others share. */
export class SourceWork implements LaneWork {
	readonly source: Source
	readonly map: SegmentMap
	readonly sink: Sink
	readonly blocks: BlockPool
	readonly clock: Clock
	readonly meter: Meter
	readonly rateShare: RateShare
	readonly crc: () => boolean
	readonly large: () => boolean
	readonly #common: CommonWork
	readonly #sources: Sources
	readonly #recovery: Recovery

	constructor(common: CommonWork, sources: Sources, source: Source, recovery: Recovery) {
		this.source = source
		this.map = common.map
		this.sink = common.sink
		this.blocks = common.blocks
		this.clock = common.clock
		this.meter = common.meter
		this.rateShare = common.rateShare
		this.crc = common.crc
		this.large = common.large
		this.#common = common
		this.#sources = sources
		this.#recovery = recovery
	}

	get canGoOn(): boolean {
		return this.#common.canGoOn
	}

	get url(): URL {
		return this.source.locator.url
	}

	nextClaim(lane?: LaneMember): Claim | undefined {
		return this.#sources.has(this.source) ? this.#common.claimFor(this.source, lane) : undefined
	}

	async ask(claim: Claim, cancel: Cancel, expired: URL | undefined): Promise<Answer> {
		const { locator, committed } = this.source
		const send = (wanted: Parameters<Locator['send']>[0], until: Cancel) =>
			expired === undefined ? locator.send(wanted, until) : locator.refresh(expired, wanted, until)
		const answer = this.canGoOn
			? await askForRange(send, committed, { start: claim.position, end: claim.end }, cancel)
			: await askForWhole(send, committed, cancel)
		if (answer.combination.kind === 'part') this.#recovery.partDelivered()
		else if (this.#sources.canSpare(this.source)) this.#dropUnlessFailed(answer)
		return answer
	}

	reachedBefore(claim: Claim): number {
		return this.#common.reachedBefore(claim)
	}

	countFailureAt(offset: number): number {
		return this.#recovery.countFailureAt(offset)
	}

	excusedBySleep(error: DownloadError, askedSinceMs: number, offset: number): boolean {
		return this.#common.brokenBySleep(error, askedSinceMs) && this.#recovery.excuseOnceAt(offset)
	}

	decide(lane: LaneMember, failure: LaneFailure, attempt: number): AfterFailure {
		if (!this.#sources.has(this.source)) return { kind: 'leave' }
		if (!this.#sources.canSpare(this.source)) return this.#recovery.decide(lane, failure, attempt)
		const decision = this.#decideWithoutRestart(lane, failure, attempt)
		if (decision.kind !== 'give-up') return decision
		this.#drop(failure.error)
		return { kind: 'leave' }
	}

	tellRetry(error: DownloadError, delayMs: number, attempt: number): void {
		this.#recovery.tellRetry(error, delayMs, attempt)
	}

	prepareRetry(claim: Claim): void {
		this.#common.prepareRetry(claim)
	}

	grow(claim: Claim, limit: number): boolean {
		return this.#common.grow(claim, limit)
	}

	written(claim: Claim, start: number, end: number, crc32: number | undefined): void {
		this.source.hasWritten = true
		this.#common.written(claim, start, end, crc32)
	}

	endAt(bytes: number, lengthVerified: boolean): void {
		this.#common.endAt(bytes, lengthVerified)
	}

	fail(error: unknown): void {
		this.#common.fail(error)
	}

	#decideWithoutRestart(lane: LaneMember, failure: LaneFailure, attempt: number): AfterFailure {
		try {
			return this.#recovery.decide(lane, failure, attempt)
		} catch (error) {
			if (error instanceof Restart) return { kind: 'give-up' }
			throw error
		}
	}

	/** Another version, or no parts any more: the others have what is needed. */
	#dropUnlessFailed({ combination, exchange, url }: Answer): void {
		const why =
			combination.kind === 'changed'
				? new DownloadError('E_CHANGED', `${redactUrl(url)} has another version: ${combination.why}`)
				: combination.kind === 'whole'
					? new DownloadError('E_PROTOCOL', `${redactUrl(url)} sends no parts any more`)
					: undefined
		if (why === undefined) return
		exchange.cancel(undefined)
		this.#drop(why)
		throw why
	}

	#drop(why: DownloadError): void {
		if (!this.#sources.has(this.source)) return
		this.#sources.drop(this.source)
		this.#common.leftOut(this.source, why)
	}
}
