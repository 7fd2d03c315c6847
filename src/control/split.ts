import type { ByteRange } from '../model/byte-range.ts'

/** A segment under way, from the side of who might take a part of it. */
export interface Victim {
	/** Received up to here: what may be taken begins after it. */
	readonly position: number
	readonly end: number
	/** 0 where it has stopped for now; undefined where it has not begun, and will do what its siblings do. */
	readonly bytesPerSecond: number | undefined
	/** Whether the response runs on to the end of the file anyway: cutting it is owed once, however often it is stolen from. */
	readonly openEnded: boolean
}

export interface Thief {
	/** What this lane has shown, or what its siblings do; undefined where nobody has shown anything. */
	readonly bytesPerSecond: number | undefined
	/** Until its first byte: the head delay, and a handshake for a new connection. */
	readonly delayMs: number
}

export interface SplitRules {
	/** No part smaller than this is split off, or left over. */
	readonly minSplitBytes: number
	/** Lanes that are still to find work, this one included. */
	readonly idleLanes: number
}

/** A request is bounded to this much time of its lane, so that it ends by itself and the lane can be taken back. */
const claimSeconds = 4
/** As much is asked for by a lane of which nothing is known. */
const unmeasuredClaimBytes = 16 * 1024 * 1024
/** A cut wastes what is under way (1.1–1.3 MB on a line of 12 MB/s, a tenth of a second) and the connection; less gain than this does not pay. */
const leastGainSeconds = 0.35

/** Where a claim on a free gap ends: the lane's share of all that is free, from the gap's start. */
export function claimFromGap(gap: ByteRange, freeBytes: number, thief: Thief, rules: SplitRules): number {
	const share = Math.min(freeBytes / rules.idleLanes, claimLimitBytes(thief))
	const end = gap.start + Math.ceil(Math.max(share, rules.minSplitBytes))
	// A rest too small for a segment of its own goes with it.
	return gap.end - end < rules.minSplitBytes ? gap.end : end
}

/**
 * Which segment a free lane steals from, and where it is cut, so that all finish together by their measured rates: the one
 * that would finish last gives the tail that it would still be at when the others are done. What is too small for two parts
 * is taken over whole, from where the victim is, if the thief is that much faster. Undefined where no steal pays.
 */
export function planSteal<Segment extends Victim>(
	segments: readonly Segment[],
	thief: Thief,
	rules: SplitRules,
): { readonly victim: Segment; readonly at: number } | undefined {
	const pace = paceOf(segments, thief, rules)
	const victim = lastToFinish(
		segments.filter(segment => pays(segment, tailBytes(segment, thief, rules, pace), pace)),
		pace,
	)
	return victim === undefined ? undefined : { victim, at: victim.end - tailBytes(victim, thief, rules, pace) }
}

/** What the thief would take of a victim: a tail or, where two parts would be too small, all that is left. */
function tailBytes(victim: Victim, thief: Thief, { minSplitBytes }: SplitRules, pace: Pace): number {
	const left = bytesLeft(victim)
	const spare = left - Math.max(minSplitBytes, pace.rateOf(victim) * pace.togetherSeconds)
	// Where all that are idle together would get too little each, some of them get enough.
	const fair = Math.max(minSplitBytes, pace.expectedRate * (pace.togetherSeconds - pace.delaySeconds))
	const limit = victim.openEnded ? claimLimitBytes(thief) : left
	const bytes = Math.floor(Math.min(spare, fair, limit))
	return bytes < minSplitBytes ? left : bytes
}

/** How fast everybody is, and when all would be done if they shared what is left by that. */
interface Pace {
	readonly measured: boolean
	readonly expectedRate: number
	readonly delaySeconds: number
	readonly togetherSeconds: number
	readonly rateOf: (victim: Victim) => number
}

function paceOf(segments: readonly Victim[], thief: Thief, rules: SplitRules): Pace {
	// Where nothing is measured all are taken to be alike, and only the proportions matter.
	const expectedRate = thief.bytesPerSecond ?? 1
	const rateOf = (victim: Victim): number => victim.bytesPerSecond ?? expectedRate
	const measured = thief.bytesPerSecond !== undefined
	const delaySeconds = measured ? thief.delayMs / 1000 : 0
	const joining = rules.idleLanes * expectedRate
	const left = segments.reduce((sum, segment) => sum + bytesLeft(segment), 0)
	const rate = segments.reduce((sum, segment) => sum + rateOf(segment), joining)
	// Those that join lose their delay: rates × T − joining × delay = left.
	return { measured, expectedRate, delaySeconds, togetherSeconds: (left + joining * delaySeconds) / rate, rateOf }
}

function lastToFinish<Segment extends Victim>(segments: readonly Segment[], pace: Pace): Segment | undefined {
	let last: Segment | undefined
	for (const segment of segments) {
		if (last === undefined || secondsLeft(segment, pace) > secondsLeft(last, pace)) last = segment
	}
	return last
}

/** Whether a cut saves more than it costs. That of an open response is owed anyway, unless the victim keeps nothing. */
function pays(victim: Victim, bytes: number, pace: Pace): boolean {
	const rate = pace.rateOf(victim)
	const kept = bytesLeft(victim) - bytes
	if (kept > 0 && (victim.openEnded || !pace.measured || rate === 0)) return true
	if (bytes === 0 || !pace.measured) return false
	const keptSeconds = kept === 0 ? 0 : kept / rate
	const stolenSeconds = pace.delaySeconds + bytes / pace.expectedRate
	return secondsLeft(victim, pace) - Math.max(keptSeconds, stolenSeconds) > leastGainSeconds
}

const bytesLeft = (victim: Victim): number => victim.end - victim.position

const secondsLeft = (victim: Victim, pace: Pace): number => bytesLeft(victim) / pace.rateOf(victim)

const claimLimitBytes = (thief: Thief): number =>
	thief.bytesPerSecond === undefined ? unmeasuredClaimBytes : claimSeconds * thief.bytesPerSecond
