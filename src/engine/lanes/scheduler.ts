import { claimFromGap, planSteal, type SplitRules, type Thief, type Victim } from '../../control/split.ts'
import type { ByteRange } from '../../model/byte-range.ts'
import type { Claim, SegmentMap } from '../../model/segment-map.ts'
import type { SinkAbilities } from '../../sink/contract.ts'

/** A lane as the scheduler sees it. */
export interface LaneView {
	readonly claim: Claim | undefined
	/** Undefined while nothing was measured. */
	readonly bytesPerSecond: number | undefined
	/** Waits to ask again: nobody knows when it goes on. */
	readonly stopped: boolean
	/** Its response runs to the end of the file. */
	readonly openEnded: boolean
	/** Another connection races it for all that is left: nobody takes that away meanwhile. */
	readonly hedged: boolean
}

/** The least part where nobody said otherwise: a quarter of a second of one lane, between these bounds. */
const leastPartBytes = 64 * 1024
const mostPartBytes = 4 * 1024 * 1024
const leastPartSeconds = 0.25

/** Decides which lane fetches which bytes. Free gaps come first; without any, a lane steals from the one that would finish last. */
export class Scheduler {
	/** Segments that were taken from busy lanes. */
	stolen = 0
	readonly #map: SegmentMap
	readonly #abilities: SinkAbilities
	readonly #minSplitBytes: number | undefined
	readonly #followed: boolean

	/** `followed`: somebody reads the file from its start while it comes. */
	constructor(map: SegmentMap, abilities: SinkAbilities, minSplitBytes: number | undefined, followed: boolean) {
		this.#map = map
		this.#abilities = abilities
		this.#minSplitBytes = minSplitBytes
		this.#followed = followed
	}

	/** The next claim for a lane, or undefined where there is nothing that it could do. */
	next(lanes: readonly LaneView[], thief: Thief, wantedLanes: number): Claim | undefined {
		const busy = lanes.filter(lane => lane.claim !== undefined)
		const rules = this.#rules(thief, Math.max(1, wantedLanes - busy.length))
		const gaps = this.#reachable(wantedLanes)
		if (gaps[0] !== undefined) return this.#map.claim(this.#partOf(gaps[0], gaps, thief, rules, wantedLanes))
		if (this.#map.bytes === undefined) return undefined
		const steal = planSteal(busy.filter(lane => !lane.hedged).map(victimOf), thief, rules)
		if (steal === undefined) return undefined
		this.stolen += 1
		this.#map.cut(steal.victim.claim, steal.at)
		return this.#map.claim({ start: steal.at, end: steal.end })
	}

	/** The response of a claim has more than was claimed: takes on what follows, where it is free. */
	grow(claim: Claim, limit: number, wantedLanes: number): boolean {
		// What the lane at the front has received is on its way out, whether or not it counts as written yet.
		const front = claim.start <= this.#map.front ? claim.position : this.#map.front
		const end = this.#abilities.randomAccess
			? limit
			: Math.min(limit, claim.end + this.#partBytes(wantedLanes), front + this.#abilities.windowBytes)
		return end > claim.end && this.#map.extend(claim, end)
	}

	/** What an open response to the whole gap is claimed for at first. */
	firstClaim(range: ByteRange, wantedLanes: number): Claim {
		const end = this.#abilities.randomAccess
			? range.end
			: Math.min(range.end, range.start + this.#partBytes(wantedLanes))
		return this.#map.claim({ start: range.start, end })
	}

	/**
	 * An in-order sink holds back what is ahead of its front: nothing is fetched that it could not hold. Nor is it fetched in
	 * crumbs, as a slow reader makes room for them; but for the bytes at the front, which all others wait for.
	 */
	#reachable(wantedLanes: number): ByteRange[] {
		if (this.#abilities.randomAccess) return this.#map.free()
		const { front } = this.#map
		const end = front + this.#abilities.windowBytes
		const isWorthIt = (gap: ByteRange): boolean =>
			gap.end <= end || gap.start === front || end - gap.start >= this.#partBytes(wantedLanes)
		return this.#map
			.free()
			.filter(gap => gap.start < end && isWorthIt(gap))
			.map(gap => ({ start: gap.start, end: Math.min(gap.end, end) }))
	}

	#partOf(gap: ByteRange, gaps: readonly ByteRange[], thief: Thief, rules: SplitRules, wantedLanes: number): ByteRange {
		if (!this.#abilities.randomAccess) {
			return { start: gap.start, end: Math.min(gap.end, gap.start + this.#partBytes(wantedLanes)) }
		}
		// Without a length there is one stream, and it ends where it ends.
		if (this.#map.bytes === undefined) return gap
		const freeBytes = gaps.reduce((sum, { start, end }) => sum + end - start, 0)
		// Parts of a followed file are small: all lanes will soon look for another, and the last ones have to end together.
		const sharing = this.#followed ? { ...rules, idleLanes: Math.max(1, wantedLanes) } : rules
		return { start: gap.start, end: claimFromGap(gap, freeBytes, thief, sharing) }
	}

	/** In-order parts: all lanes together stay within half of the window, so that the front never waits for room. */
	#partBytes(wantedLanes: number): number {
		return Math.max(leastPartBytes, Math.floor(this.#abilities.windowBytes / (2 * Math.max(1, wantedLanes))))
	}

	#rules(thief: Thief, idleLanes: number): SplitRules {
		const bySpeed = Math.min(mostPartBytes, Math.max(leastPartBytes, (thief.bytesPerSecond ?? 0) * leastPartSeconds))
		return { minSplitBytes: this.#minSplitBytes ?? bySpeed, idleLanes, followed: this.#followed }
	}
}

function victimOf(lane: LaneView): Victim & { readonly claim: Claim } {
	const claim = lane.claim as Claim
	return {
		claim,
		position: claim.position,
		end: claim.end,
		bytesPerSecond: lane.stopped ? 0 : lane.bytesPerSecond,
		openEnded: lane.openEnded,
	}
}
