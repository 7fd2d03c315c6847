import type { Thief } from './split.ts'

/** A segment under way, from the side of who might ask for the rest of it a second time. */
export interface Racer {
	readonly position: number
	readonly end: number
	/** Undefined where nothing was measured. */
	readonly bytesPerSecond: number | undefined
	/** Without a byte for so long. */
	readonly silentMs: number
}

export interface HedgeRules {
	/** What may yet be asked for twice of this file. */
	readonly budgetBytes: number
	/** What a hedge can hold: it writes nothing before it has all. */
	readonly memoryBytes: number
}

/** Rates near the end are guesses: only who would need this many times as long is raced. */
const leastFactor = 2
/** Less gain than this is not worth a request. */
const leastGainSeconds = 0.15
const hedgedShare = 0.02
/** A hedge that takes so many times what was expected, and a second, is on a bad connection itself. */
const patience = 3
const leastPatienceMs = 1000

/** What may be asked for twice of a file in all; of a small one a block, for less would be nothing to race for. */
export function hedgeBudgetBytes(fileBytes: number, blockBytes: number): number {
	return Math.max(blockBytes, Math.floor(fileBytes * hedgedShare))
}

/** Whose last bytes are worth a second request: of those that a fresh one would beat by far, the one that would finish last. */
export function planHedge<Segment extends Racer>(
	segments: readonly Segment[],
	fresh: Thief,
	{ budgetBytes, memoryBytes }: HedgeRules,
): Segment | undefined {
	const mostBytes = Math.min(budgetBytes, memoryBytes)
	let last: Segment | undefined
	for (const segment of segments) {
		const left = segment.end - segment.position
		if (left === 0 || left > mostBytes) continue
		const seconds = secondsLeft(segment, fresh)
		if (!isWorthARequest(seconds, freshSeconds(segment, fresh))) continue
		if (last === undefined || seconds > secondsLeft(last, fresh)) last = segment
	}
	return last
}

/** How long a hedge that `planHedge` chose is given before it is itself taken for slow. */
export function hedgePatienceMs(racer: Racer, fresh: Thief): number {
	return leastPatienceMs + patience * 1000 * freshSeconds(racer, fresh)
}

function isWorthARequest(seconds: number, otherSeconds: number): boolean {
	return seconds > leastFactor * otherSeconds && seconds - otherSeconds > leastGainSeconds
}

/** What was silent for a while will be for as long again, whatever its rate was before. */
function secondsLeft({ position, end, bytesPerSecond, silentMs }: Racer, fresh: Thief): number {
	return (end - position) / (bytesPerSecond ?? fresh.bytesPerSecond ?? 1) + silentMs / 1000
}

/** How long a fresh request for the same bytes would take: for ever, as far as anybody knows, where nobody has shown a rate. */
function freshSeconds({ position, end }: Racer, { bytesPerSecond = 0, delayMs }: Thief): number {
	return delayMs / 1000 + (end - position) / bytesPerSecond
}
