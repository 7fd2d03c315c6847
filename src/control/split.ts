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
	/** Somebody reads the file from its start while it comes: lanes fetch what comes next, in parts, and not from the far end. */
	readonly followed: boolean
}

/** The thief takes [at, end) of the victim, which keeps what is before. */
export interface Steal<Segment extends Victim> {
	readonly victim: Segment
	readonly at: number
	readonly end: number
}

/** A request is bounded to this much time of its lane, so that it ends by itself and the lane can be taken back. */
const claimSeconds = 4
/** As much is asked for by a lane of which nothing is known. */
const unmeasuredClaimBytes = 16 * 1024 * 1024
/** Parts of a followed file: as small as the delay between two of them allows, for what is ahead of the reader waits for him. */
const leastFollowedBytes = 16 * 1024 * 1024
const leastFollowedSeconds = 0.05
const followedDelays = 20
/** A cut wastes what is under way (1.1–1.3 MB on a line of 12 MB/s, a tenth of a second) and the connection; less gain than this does not pay. */
const leastGainSeconds = 0.35

/** Where a claim on a free gap ends: the lane's share of all that is free, from the gap's start. */
export function claimFromGap(gap: ByteRange, freeBytes: number, thief: Thief, rules: SplitRules): number {
	const share = Math.min(freeBytes / rules.idleLanes, claimLimitBytes(thief, rules))
	const end = gap.start + Math.ceil(Math.max(share, rules.minSplitBytes))
	// A rest too small for a segment of its own goes with it.
	return gap.end - end < rules.minSplitBytes ? gap.end : end
}

/**
 * Which segment a free lane steals from, and where it is cut, so that all finish together by their measured rates: the one
 * that would finish last gives the tail that it would still be at when the others are done. What is too small for two parts
 * is taken over whole, from where the victim is, if the thief is that much faster. What the victim loses beyond `end` is
 * free. Undefined where no steal pays.
 */
export function planSteal<Segment extends Victim>(
	segments: readonly Segment[],
	thief: Thief,
	rules: SplitRules,
): Steal<Segment> | undefined {
	const pace = paceOf(segments, thief, rules)
	const victim = lastToFinish(
		segments.filter(segment => pays(segment, tailBytes(segment, thief, rules, pace), pace)),
		pace,
	)
	return victim === undefined ? undefined : placeOf(victim, tailBytes(victim, thief, rules, pace), rules)
}

/** The tail; of an open response to a followed file, what comes after as much as the victim keeps. */
function placeOf<Segment extends Victim>(victim: Segment, bytes: number, rules: SplitRules): Steal<Segment> {
	const tail = { victim, at: victim.end - bytes, end: victim.end }
	if (!rules.followed || !victim.openEnded || bytes === bytesLeft(victim)) return tail
	const at = victim.position + bytes
	return victim.end - at - bytes < rules.minSplitBytes ? tail : { victim, at, end: at + bytes }
}

/** What the thief would take of a victim: a tail or, where two parts would be too small, all that is left. */
function tailBytes(victim: Victim, thief: Thief, rules: SplitRules, pace: Pace): number {
	const { minSplitBytes } = rules
	const left = bytesLeft(victim)
	const spare = left - Math.max(minSplitBytes, pace.rateOf(victim) * pace.togetherSeconds)
	// Where all that are idle together would get too little each, some of them get enough.
	const fair = Math.max(minSplitBytes, pace.expectedRate * (pace.togetherSeconds - pace.delaySeconds))
	const limit = victim.openEnded ? claimLimitBytes(thief, rules) : left
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

function claimLimitBytes({ bytesPerSecond, delayMs }: Thief, { followed }: SplitRules): number {
	if (bytesPerSecond === undefined) return unmeasuredClaimBytes
	if (!followed) return claimSeconds * bytesPerSecond
	const seconds = Math.max(leastFollowedSeconds, (followedDelays * delayMs) / 1000)
	return Math.min(claimSeconds * bytesPerSecond, Math.max(leastFollowedBytes, seconds * bytesPerSecond))
}
