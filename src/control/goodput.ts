/** What the engine sees of a download at one moment; taken about every 50 ms. */
export interface Sample {
	readonly nowMs: number
	/** All body bytes off the network so far by this download. */
	readonly bytesReceived: number
	readonly lanes: readonly LaneSample[]
	/** The median so far; 0 while unknown. */
	readonly headDelayMs: number
	/** Undefined where the length is unknown. */
	readonly bytesLeft: number | undefined
	/** Held back by the user or by our own side: what is measured meanwhile says nothing about the line. */
	readonly paused: boolean
}

interface LaneSample {
	readonly id: number
	/** Received by this lane so far, over all its requests. */
	readonly bytes: number
	/** Whether a first byte came in its present request. */
	readonly receiving: boolean
}

/** The samples of the last while, oldest first. */
export type History = readonly Sample[]

/** Adds a sample and drops those that no window of `keepMs` reaches any more; one older than the window is kept as its edge. */
export function remember(history: History, sample: Sample, keepMs: number): History {
	const edge = indexAt(history, sample.nowMs - keepMs)
	return [...history.slice(edge), sample]
}

/** Goodput between two moments, in bytes a second; each is moved to the last sample at or before it. */
export function goodputBetween(history: History, fromMs: number, toMs: number): number {
	const from = history[indexAt(history, fromMs)]
	const to = history[indexAt(history, toMs)]
	return from === undefined || to === undefined ? 0 : rate(to.bytesReceived - from.bytesReceived, to.nowMs - from.nowMs)
}

/** The best that one lane held over the whole of `[fromMs, toMs]`, in bytes a second. */
export function bestLaneBetween(history: History, fromMs: number, toMs: number): number {
	const from = history[indexAt(history, fromMs)]
	const to = history[indexAt(history, toMs)]
	if (from === undefined || to === undefined) return 0
	const before = new Map(from.lanes.map(lane => [lane.id, lane.bytes]))
	const rates = to.lanes.map(lane => rate(lane.bytes - (before.get(lane.id) ?? 0), to.nowMs - from.nowMs))
	return Math.max(0, ...rates)
}

/** How much goodput wavered from one window to the next, as the standard deviation by the mean; 0 with fewer than three. */
export function wavering(history: History, fromMs: number, toMs: number, windowMs: number): number {
	const count = Math.floor((toMs - fromMs) / windowMs)
	if (count < 3) return 0
	const rates = Array.from({ length: count }, (_, index) => {
		const endMs = toMs - index * windowMs
		return goodputBetween(history, endMs - windowMs, endMs)
	})
	const mean = rates.reduce((sum, one) => sum + one, 0) / count
	const variance = rates.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1)
	return mean === 0 ? 0 : Math.sqrt(variance) / mean
}

/** Lanes that have ever received: a lane between two requests is still one. */
export function workingLanes(sample: Sample): number {
	return sample.lanes.filter(lane => lane.receiving || lane.bytes > 0).length
}

function indexAt(history: History, atMs: number): number {
	const index = history.findLastIndex(sample => sample.nowMs <= atMs)
	return Math.max(0, index)
}

function rate(bytes: number, ms: number): number {
	return ms > 0 ? (bytes * 1000) / ms : 0
}
