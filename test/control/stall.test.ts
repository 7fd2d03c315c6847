import { describe, expect, test } from 'vitest'
import { type Judgement, judgeLanes, type LaneFacts, type StallPolicy } from '../../src/control/stall.ts'

const nowMs = 100_000
const policy: StallPolicy = {
	stallTimeoutMs: 15_000,
	usualGapMs: 20,
	headDelayMs: 100,
	goodputBytesPerSecond: 10e6,
	bestGoodputBytesPerSecond: 10e6,
}

function lane(silentMs: number, facts: Partial<LaneFacts> = {}): LaneFacts {
	const silentSinceMs = nowMs - silentMs
	const unknown = { paused: false, doubtful: false, bytesPerSecond: undefined, reopened: 0 }
	return { id: 1, source: 0, awaits: 'body', silentSinceMs, ...unknown, ...facts }
}

function judgementOf(
	judged: LaneFacts,
	siblings: readonly LaneFacts[],
	overrides: Partial<StallPolicy> = {},
): Judgement {
	const lanes = [judged, ...siblings.map((sibling, index) => ({ ...sibling, id: index + 2 }))]
	const [first, ...others] = judgeLanes(lanes, nowMs, { ...policy, ...overrides })
	expect(others.map(other => other.id)).toEqual(siblings.map((_, index) => index + 2))
	return first?.judgement ?? 'fine'
}

const receiving = lane(10)

describe('a lane without a byte', () => {
	test.each<[string, LaneFacts, LaneFacts[], Partial<StallPolicy>, Judgement]>([
		['alone, below the stall timeout', lane(14_999), [], {}, 'fine'],
		['alone, at the stall timeout', lane(15_000), [], {}, 'dead'],
		['alone, after a sleep, below two seconds', lane(1999, { doubtful: true }), [], {}, 'fine'],
		['alone, after a sleep, at two seconds', lane(2000, { doubtful: true }), [], {}, 'dead'],
		['alone, after a sleep, held back by us', lane(2000, { doubtful: true, paused: true }), [], {}, 'fine'],
		['alone, waiting for a head, at the stall timeout', lane(15_000, { awaits: 'head' }), [], {}, 'dead'],
		['beside one that receives, below two seconds', lane(1999), [receiving], {}, 'fine'],
		['beside one that receives, at two seconds', lane(2000), [receiving], {}, 'dead'],
		['waiting for a head beside one that receives', lane(2000, { awaits: 'head' }), [receiving], {}, 'dead'],
		['where gaps are usual', lane(3999), [receiving], { usualGapMs: 500 }, 'fine'],
		['where gaps are usual, at eight of them', lane(4000), [receiving], { usualGapMs: 500 }, 'dead'],
		['where heads are slow', lane(5000, { awaits: 'head' }), [receiving], { headDelayMs: 700 }, 'fine'],
		[
			'where heads are slow, at eight delays',
			lane(5600, { awaits: 'head' }),
			[receiving],
			{ headDelayMs: 700 },
			'dead',
		],
		['where gaps are so long that the timeout comes first', lane(1000), [receiving], { stallTimeoutMs: 1000 }, 'dead'],
		['beside one that is silent too', lane(5000), [lane(3000)], {}, 'fine'],
		['beside one that only waits for a head', lane(5000), [lane(10, { awaits: 'head' })], {}, 'fine'],
		['beside one that was silent for half its patience', lane(5000), [lane(1000)], {}, 'fine'],
		['beside one that was silent for less', lane(5000), [lane(999)], {}, 'dead'],
		['beside one that we hold back', lane(5000), [lane(10, { paused: true })], {}, 'fine'],
		['held back by us', lane(60_000, { paused: true }), [receiving], {}, 'fine'],
	])('%s', (_, judged, siblings, overrides, expected) => {
		expect(judgementOf(judged, siblings, overrides)).toBe(expected)
	})
})

describe('a lane that receives little', () => {
	const at = (bytesPerSecond: number | undefined, facts: Partial<LaneFacts> = {}) =>
		lane(10, { bytesPerSecond, ...facts })
	const siblings = [at(3e6), at(2e6), at(1e6)]
	const below = { goodputBytesPerSecond: 5e6 }
	test.each<[string, LaneFacts, LaneFacts[], Partial<StallPolicy>, Judgement]>([
		['far below its siblings while the whole is below its best', at(0.59e6), siblings, below, 'slow'],
		['not far below them', at(0.61e6), siblings, below, 'fine'],
		['at the very share that is far below', at(0.6e6), siblings, below, 'fine'],
		['not far below them, in whatever order', at(0.61e6), [at(1e6), at(3e6), at(2e6)], below, 'fine'],
		['far below the median of five', at(0.89e6), [at(5e6), at(1e6), at(4e6), at(2e6), at(3e6)], below, 'slow'],
		['not far below it', at(0.91e6), [at(5e6), at(1e6), at(4e6), at(2e6), at(3e6)], below, 'fine'],
		['while the whole is near its best', at(0.1e6), siblings, { goodputBytesPerSecond: 9e6 }, 'fine'],
		['among siblings of which one is measured', at(0.59e6), [at(undefined), at(2e6), at(undefined)], below, 'slow'],
		['while the whole is at its best', at(0.1e6), siblings, {}, 'fine'],
		['alone', at(1), [], below, 'fine'],
		['not yet measured', at(undefined), siblings, below, 'fine'],
		['among siblings not yet measured', at(1), [at(undefined)], below, 'fine'],
		[
			'beside faster lanes of another source alone',
			at(0.1e6),
			[at(5e6, { source: 1 }), at(5e6, { source: 1 })],
			below,
			'fine',
		],
		['re-opened once', at(0.1e6, { reopened: 1 }), siblings, below, 'slow'],
		['re-opened twice', at(0.1e6, { reopened: 2 }), siblings, below, 'fine'],
	])('%s', (_, judged, others, overrides, expected) => {
		expect(judgementOf(judged, others, overrides)).toBe(expected)
	})
})
