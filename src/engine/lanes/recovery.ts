import type { DownloadError } from '../../base/errors.ts'
import { type AfterFailure, decideAfterFailure } from '../../control/after-failure.ts'
import { asksToWait } from '../../control/retry.ts'
import type { RetryEvent } from '../events.ts'
import { failureOf } from '../failure.ts'
import type { Meter } from '../meter.ts'
import { Restart } from '../restart.ts'
import type { EngineDeps } from '../spec.ts'
import type { Crew } from './crew.ts'
import type { LaneFailure, LaneMember } from './lane-work.ts'
import type { Locator } from './locator.ts'
import { ignoredRange, isRefusedPart } from './open-response.ts'

/** Parts that could not be trusted, and none that could: the server does not do ranges. */
const refusedPartsUntilSingle = 2

/** Where a recovery finds out how things stand, and what it acts on. */
export interface RecoveryDeps {
	readonly crew: Crew
	readonly locator: Locator
	readonly meter: Meter
	readonly tell: (event: RetryEvent) => void
	/** How many failures in a row without a new byte are made good. */
	readonly retries: () => number
}

/** What becomes of lanes whose requests fail: asked again, given back, sent by another way, or the end of the download. */
export class Recovery {
	readonly #engine: Pick<EngineDeps, 'clock' | 'random'>
	readonly #deps: RecoveryDeps
	/** Attempts without a new byte, by the offset that they did not get beyond. */
	readonly #failuresAt = new Map<number, number>()
	readonly #excusedAt = new Set<number>()
	#deliveredParts = 0
	#refusedParts = 0

	constructor(engine: Pick<EngineDeps, 'clock' | 'random'>, deps: RecoveryDeps) {
		this.#engine = engine
		this.#deps = deps
	}

	/** A part could be trusted: the server does do ranges. */
	partDelivered(): void {
		this.#deliveredParts += 1
	}

	countFailureAt(offset: number): number {
		const count = (this.#failuresAt.get(offset) ?? 0) + 1
		this.#failuresAt.set(offset, count)
		return count
	}

	/** True the first time that it is asked for an offset. */
	excuseOnceAt(offset: number): boolean {
		const first = !this.#excusedAt.has(offset)
		this.#excusedAt.add(offset)
		return first
	}

	/** Decides, and does what concerns more than the one lane. Throws `Restart` where only beginning anew is left. */
	decide(lane: LaneMember, { error, newBytes, beforeFirstByte, askedAt }: LaneFailure, attempt: number): AfterFailure {
		const { crew, locator, meter, retries } = this.#deps
		const siblingsReceive = crew.siblingsReceive(lane)
		const refusedPart = isRefusedPart(error)
		if (refusedPart) this.#noteRefusedPart(siblingsReceive)
		const failure = failureOf(error, this.#engine.clock)
		const standing = {
			attempt,
			siblingsReceive,
			newBytes,
			// That it was no part may show only at its end: then none of its bytes counts.
			beforeFirstByte: beforeFirstByte || refusedPart,
			delivered: meter.bytesReceived > 0,
			canRefresh: locator.canRefresh(askedAt),
			refusedPart,
		}
		const decision = decideAfterFailure(failure, standing, { retries: retries() }, this.#engine.random)
		// Parts came once and the whole comes now: what is left is one stream. Parts that lie give no leave to throw away those
		// that were right.
		if (decision.kind === 'give-up' && ignoredRange(error)) throw new Restart('ranges-gone', error.message)
		if (decision.kind === 'leave') this.#giveBack(lane, failure.retryAfterMs ?? 0)
		else if (asksToWait(failure)) crew.askedToWait(lane, failure.retryAfterMs)
		if (decision.kind === 'retry') {
			meter.retries += 1
			this.tellRetry(error, decision.delayMs, attempt)
		}
		return decision
	}

	tellRetry({ code, message }: DownloadError, delayMs: number, attempt: number): void {
		this.#deps.tell({ event: 'retry', code, delayMs, attempt, message })
	}

	#noteRefusedPart(siblingsReceive: boolean): void {
		this.#refusedParts += 1
		if (this.#deliveredParts > 0 || this.#refusedParts < refusedPartsUntilSingle) return
		if (siblingsReceive) this.#deps.crew.keepToOne()
		else throw new Restart('ranges-gone', 'the server sends no parts that can be trusted')
	}

	#giveBack(lane: LaneMember, retryAfterMs: number): void {
		this.#deps.meter.refusals += 1
		this.#deps.crew.refused(lane, retryAfterMs)
	}
}
