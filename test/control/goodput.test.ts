import { expect, test } from 'vitest'
import {
	bestLaneBetween,
	goodputBetween,
	remember,
	type Sample,
	wavering,
	workingLanes,
} from '../../src/control/goodput.ts'

/** A sample of two lanes: the second joined at 200 ms. */
function sampleAt(nowMs: number, bytesReceived: number): Sample {
	const lanes = [{ id: 1, bytes: bytesReceived, receiving: false }]
	if (nowMs >= 200) lanes.push({ id: 2, bytes: (nowMs - 200) * 3000, receiving: false })
	return { nowMs, bytesReceived, lanes, headDelayMs: 0, bytesLeft: undefined, paused: false }
}

const evenly = [0, 50, 100, 150, 200, 250, 300, 350, 400].map(ms => sampleAt(ms, ms * 1000))

test('goodput is what came between two moments, by their samples', () => {
	expect(goodputBetween(evenly, 100, 300)).toBe(1e6)
	expect(goodputBetween(evenly, 120, 320)).toBe(1e6)
	expect(goodputBetween(evenly, 120, 140)).toBe(0)
	expect(goodputBetween([], 0, 100)).toBe(0)
})

test('the best lane may be one that joined in between', () => {
	expect(bestLaneBetween(evenly, 0, 200)).toBe(1e6)
	expect(bestLaneBetween(evenly, 200, 400)).toBe(3e6)
	expect(bestLaneBetween(evenly, 0, 400)).toBe(1.5e6)
	expect(bestLaneBetween([], 0, 400)).toBe(0)
	expect(
		bestLaneBetween(
			[
				{ ...sampleAt(0, 0), lanes: [] },
				{ ...sampleAt(400, 0), lanes: [] },
			],
			0,
			400,
		),
	).toBe(0)
})

test('what no window reaches any more is forgotten, but for its edge', () => {
	const kept = remember(evenly, sampleAt(450, 450_000), 170)
	expect(kept.map(sample => sample.nowMs)).toEqual([250, 300, 350, 400, 450])
	expect(remember([], sampleAt(0, 0), 170)).toHaveLength(1)
})

test('a lane works from its first byte on, also between two requests', () => {
	expect(workingLanes(sampleAt(100, 100))).toBe(1)
	expect(workingLanes(sampleAt(200, 100))).toBe(1)
	expect(workingLanes(sampleAt(250, 100))).toBe(2)
	expect(workingLanes({ ...sampleAt(0, 0), lanes: [{ id: 1, bytes: 0, receiving: true }] })).toBe(1)
	expect(workingLanes({ ...sampleAt(0, 0), lanes: [{ id: 1, bytes: 1, receiving: false }] })).toBe(1)
})

test('an even flow does not waver, an uneven one does, and too few windows say nothing', () => {
	expect(wavering(evenly, 0, 400, 100)).toBe(0)
	const uneven = [0, 100, 400, 500, 800].map((kilobytes, index) => sampleAt(index * 100, kilobytes * 1000))
	expect(wavering(uneven, 0, 400, 100)).toBeCloseTo(0.577, 3)
	expect(wavering(uneven, 0, 300, 100)).toBeGreaterThan(0.5)
	expect(wavering(uneven, 0, 299, 100)).toBe(0)
	expect(wavering(uneven, 0, 200, 100)).toBe(0)
	expect(wavering([sampleAt(0, 0)], 0, 400, 100)).toBe(0)
})
