/** One lane at the moment of the judgement. */
export interface LaneFacts {
	readonly id: number
	/** Which source it is of: only lanes of one source are measured by each other. */
	readonly source: number
	readonly awaits: 'head' | 'body'
	/** When the last byte came, the request was sent, or a pause or a sleep ended: whichever was last. So that time never counts. */
	readonly silentSinceMs: number
	/** Held back by us: nothing can come, and nothing is concluded. */
	readonly paused: boolean
	/** The machine has slept since its last byte: its connection may be gone without a word. */
	readonly doubtful: boolean
	/** Over the last second or more; undefined while it has received for less. */
	readonly bytesPerSecond: number | undefined
	/** How often it was given a new connection for being slow. */
	readonly reopened: number
}

/** What is usual for this download, and what the user allows. */
export interface StallPolicy {
	readonly stallTimeoutMs: number
	/** The median time between two deliveries on one lane; 0 while unknown. */
	readonly usualGapMs: number
	/** The median wait for a response head; 0 while unknown. */
	readonly headDelayMs: number
	readonly goodputBytesPerSecond: number
	readonly bestGoodputBytesPerSecond: number
}

/** `dead`: give it up. `slow`: a new connection may do better. */
export type Judgement = 'fine' | 'dead' | 'slow'

export interface LaneJudgement {
	readonly id: number
	readonly judgement: Judgement
}

// Below two seconds, a lost packet with its retransmission timeouts looks like a death.
const leastPatienceMs = 2000
const patience = 8
const slowShare = 0.3
// Goodput wavers by itself; a tenth is no loss.
const nearBest = 0.9
const mostReopenings = 2

/**
 * Judges each lane, in the order given.
 *
 * Dead is a lane without a byte for the stall timeout or, while a sibling receives and after a sleep, for max(2 s, 8 × what
 * is usual for this download). Slow is one far below its siblings while the whole is below its best: on a filled line shares differ
 * by nature, and a new connection would win nothing.
 */
export function judgeLanes(lanes: readonly LaneFacts[], nowMs: number, policy: StallPolicy): readonly LaneJudgement[] {
	return lanes.map(lane => {
		const siblings = lanes.filter(other => other !== lane)
		return { id: lane.id, judgement: judge(lane, siblings, nowMs, policy) }
	})
}

function judge(lane: LaneFacts, siblings: readonly LaneFacts[], nowMs: number, policy: StallPolicy): Judgement {
	if (lane.paused) return 'fine'
	const siblingReceives = siblings.some(sibling => receives(sibling, nowMs, policy))
	const patienceMs = siblingReceives || lane.doubtful ? patienceFor(lane.awaits, policy) : policy.stallTimeoutMs
	if (nowMs - lane.silentSinceMs >= patienceMs) return 'dead'
	return isSlow(lane, siblings, policy) ? 'slow' : 'fine'
}

function patienceFor(awaits: LaneFacts['awaits'], policy: StallPolicy): number {
	const usualMs = awaits === 'head' ? policy.headDelayMs : policy.usualGapMs
	return Math.min(policy.stallTimeoutMs, Math.max(leastPatienceMs, patience * usualMs))
}

/** A sibling vouches for the network only while it is well within the patience that it would itself be given. */
function receives(lane: LaneFacts, nowMs: number, policy: StallPolicy): boolean {
	if (lane.paused || lane.awaits === 'head') return false
	return nowMs - lane.silentSinceMs < patienceFor('body', policy) / 2
}

function isSlow(lane: LaneFacts, siblings: readonly LaneFacts[], policy: StallPolicy): boolean {
	if (lane.bytesPerSecond === undefined || lane.reopened >= mostReopenings) return false
	if (policy.goodputBytesPerSecond >= nearBest * policy.bestGoodputBytesPerSecond) return false
	const rates = siblings.flatMap(sibling => (sibling.source === lane.source ? (sibling.bytesPerSecond ?? []) : []))
	return lane.bytesPerSecond < slowShare * median(rates)
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b)
	return sorted[Math.floor(sorted.length / 2)] ?? 0
}
