import type { ByteRange } from '../model/byte-range.ts'

/** A segment under way, from the side of who might take a part of it. */
export interface Victim {
	/** Received up to here: what may be taken begins after it. */
	readonly position: number
	readonly end: number
	/** 0 where it does not receive at present. */
	readonly bytesPerSecond: number
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
	/** No part smaller than this is made. */
	readonly minSplitBytes: number
	/** Lanes that are still to find work, this one included: they share what nobody has measured. */
	readonly idleLanes: number
}

/** A request is bounded to this much time of its lane, so that it ends by itself and the lane can be taken back. */
const claimSeconds = 4
/** As much is asked for by a lane of which nothing is known. */
const unmeasuredClaimBytes = 16 * 1024 * 1024
/** What a cut throws away: measured 1.1–1.3 MB under way on a line of 12 MB/s, a tenth of a second. */
const cutCostSeconds = 0.1
/** A steal from a bounded response must save this much over its cost: below, the ends are as good as together. */
const leastGainSeconds = 0.25

/** How much of a free gap a lane takes, from its start. */
export function claimFromGap(gap: ByteRange, thief: Thief, rules: SplitRules): number {
	const share = (gap.end - gap.start) / rules.idleLanes
	const wanted = Math.max(Math.min(share, claimLimitBytes(thief)), rules.minSplitBytes)
	const rest = gap.end - gap.start - wanted
	// A rest too small for a segment of its own goes with it.
	return rest < rules.minSplitBytes ? gap.end : gap.start + Math.ceil(wanted)
}

/**
 * Which segment a free lane steals from, and where it is cut: that which would finish last, so that both finish together
 * by their measured rates. Undefined where no steal pays.
 */
export function planSteal<Segment extends Victim>(
	segments: readonly Segment[],
	thief: Thief,
	rules: SplitRules,
): { readonly victim: Segment; readonly at: number } | undefined {
	const candidates = segments.filter(segment => segment.end - segment.position >= 2 * rules.minSplitBytes)
	const victim = lastToFinish(candidates)
	if (victim === undefined) return undefined
	const bytes = tailBytes(victim, thief, rules)
	if (bytes < rules.minSplitBytes || !pays(victim, thief, bytes)) return undefined
	return { victim, at: victim.end - Math.min(Math.ceil(bytes), victim.end - victim.position) }
}

function lastToFinish<Segment extends Victim>(segments: readonly Segment[]): Segment | undefined {
	let last: Segment | undefined
	for (const segment of segments) {
		if (last === undefined || secondsLeft(segment) > secondsLeft(last)) last = segment
		else if (secondsLeft(segment) === secondsLeft(last) && bytesLeft(segment) > bytesLeft(last)) last = segment
	}
	return last
}

function tailBytes(victim: Victim, thief: Thief, rules: SplitRules): number {
	const left = bytesLeft(victim)
	if (victim.bytesPerSecond === 0) return Math.min(idleVictimShare(left, rules), claimLimitBytes(thief))
	const rate = thief.bytesPerSecond ?? victim.bytesPerSecond
	// Nothing measured of this lane: many join at once, and each takes an equal share with the victim.
	if (thief.bytesPerSecond === undefined) return Math.min(left / (rules.idleLanes + 1), claimLimitBytes(thief))
	// (left − x) / victim = delay + x / rate
	const together = ((left - victim.bytesPerSecond * (thief.delayMs / 1000)) * rate) / (victim.bytesPerSecond + rate)
	const share = victim.openEnded ? Math.min(together, claimSeconds * rate) : together
	return rules.idleLanes > 1 ? Math.min(share, left / (rules.idleLanes + 1)) : share
}

/** A lane that receives nothing may begin any moment: it keeps its share, no more. */
function idleVictimShare(left: number, rules: SplitRules): number {
	return left / (rules.idleLanes + 1)
}

function pays(victim: Victim, thief: Thief, bytes: number): boolean {
	if (victim.openEnded || victim.bytesPerSecond === 0 || thief.bytesPerSecond === undefined) return true
	const after = Math.max(
		thief.delayMs / 1000 + bytes / thief.bytesPerSecond,
		(bytesLeft(victim) - bytes) / victim.bytesPerSecond,
	)
	return secondsLeft(victim) - after > leastGainSeconds + cutCostSeconds
}

const bytesLeft = (victim: Victim): number => victim.end - victim.position

const secondsLeft = (victim: Victim): number =>
	victim.bytesPerSecond === 0 ? Number.POSITIVE_INFINITY : bytesLeft(victim) / victim.bytesPerSecond

const claimLimitBytes = (thief: Thief): number =>
	thief.bytesPerSecond === undefined ? unmeasuredClaimBytes : claimSeconds * thief.bytesPerSecond
