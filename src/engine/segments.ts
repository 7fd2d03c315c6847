import type { Thief } from '../control/split.ts'
import { canContinue } from '../model/combine.ts'
import type { Claim } from '../model/segment-map.ts'
import type { FirstWork } from './lanes/crew.ts'
import { type LaneView, Scheduler } from './lanes/scheduler.ts'
import { Wholes } from './lanes/wholes.ts'
import type { Begun } from './opening/begun.ts'

/**
 * The segments that the lanes of a transfer fetch: parts that are shared out and taken from each other or, where nothing proves
 * that two answers are of the same version, the whole, once at a time.
 */
export class Segments {
	readonly #begun: Begun
	readonly #scheduler: Scheduler
	readonly #wholes: Wholes

	/** `followed`: somebody reads the file from its start while it comes. `url` is for messages. */
	constructor(begun: Begun, minSplitBytes: number | undefined, followed: boolean, url: () => URL) {
		const { map, place } = begun
		this.#begun = begun
		this.#scheduler = new Scheduler(map, place.sink.abilities, minSplitBytes, followed)
		this.#wholes = new Wholes(map, place.sink, this.#scheduler, url)
	}

	/** Whether what is missing can be asked for, and will be of the same version. */
	get canGoOn(): boolean {
		const { committed, resource } = this.#begun
		return resource.ranges && canContinue(committed)
	}

	/** How many were taken from busy lanes. */
	get stolen(): number {
		return this.#scheduler.stolen
	}

	/** The response that is open already is claimed for, where it is of use, and cancelled where it is not. */
	first(wantedLanes: number): FirstWork {
		const { response, lease, map } = this.#begun
		if (response === undefined || map.complete) {
			response?.exchange.cancel(undefined)
			return { lease, claim: undefined, open: undefined }
		}
		const range = { start: response.start, end: Math.min(response.end, map.bytes ?? response.end) }
		const claim = this.#scheduler.firstClaim(range, wantedLanes)
		return { lease, claim, open: { exchange: response.exchange, limit: range.end, openEnded: response.openEnded } }
	}

	/**
	 * Undefined where there is none to be had. Throws E_TRUNCATED where the whole has to be asked for again, and bytes of it went
	 * out on a stream.
	 */
	next(lanes: readonly LaneView[], thief: Thief, wantedLanes: number): Claim | undefined {
		return this.canGoOn ? this.#scheduler.next(lanes, thief, wantedLanes) : this.#wholes.claim(wantedLanes)
	}

	/** The response has more than was claimed: takes on what follows, where it is free. */
	grow(claim: Claim, limit: number, wantedLanes: number): boolean {
		return this.#scheduler.grow(claim, limit, wantedLanes)
	}

	/** Before a claim is asked for again. Throws as `next` does. */
	prepareRetry(claim: Claim): void {
		if (!this.canGoOn) this.#wholes.rewind(claim)
	}

	/** Below this nothing that comes is new. */
	reachedBefore(claim: Claim): number {
		return this.#wholes.reachedBefore(claim)
	}
}
