import { type Claim, type SegmentMap, unknownEnd } from '../../model/segment-map.ts'
import type { Sink } from '../../sink/contract.ts'
import { streamBroke } from './receive.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * The claims where one answer has to bring all of the file, since nothing proves that the bytes of a second one belong to the
 * first: there is one at a time, and each starts over.
 */
export class Wholes {
	readonly #map: SegmentMap
	readonly #sink: Sink
	readonly #scheduler: Scheduler
	readonly #url: () => URL
	/** How far one has ever come. */
	#furthest = 0

	constructor(map: SegmentMap, sink: Sink, scheduler: Scheduler, url: () => URL) {
		this.#map = map
		this.#sink = sink
		this.#scheduler = scheduler
		this.#url = url
	}

	/** Undefined while another is at work. Throws E_TRUNCATED where what came before went out on a stream. */
	claim(lanes: number): Claim | undefined {
		if (this.#map.complete || this.#map.claims.size > 0) return undefined
		this.#startOver()
		return this.#scheduler.firstClaim({ start: 0, end: this.#map.bytes ?? unknownEnd }, lanes)
	}

	/** Before it is asked for again. Throws as `claim` does. */
	rewind(claim: Claim): void {
		if (claim.position === claim.start) return
		this.#startOver()
		this.#map.rewind(claim, claim.start)
	}

	/** Below this nothing that comes is new. */
	reachedBefore(claim: Claim): number {
		return Math.max(this.#furthest, claim.position)
	}

	/** The next answer is the whole again. What a stream has had cannot be taken back. */
	#startOver(): void {
		if (this.#map.writtenBytes > 0 && !this.#sink.abilities.randomAccess) throw streamBroke(this.#url())
		this.#furthest = Math.max(this.#furthest, this.#map.front)
		this.#map.forgetWritten()
	}
}
