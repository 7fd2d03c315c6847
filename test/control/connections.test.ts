import { describe, expect, test } from 'vitest'
import {
	type ConnectionsState,
	lowerCeiling,
	observe,
	raiseCeiling,
	startConnections,
} from '../../src/control/connections.ts'
import type { Sample } from '../../src/control/goodput.ts'
import { seeded } from '../support/seeded.ts'
import { type Outcome, simulate } from './line-model.ts'
import { lineKinds } from './lines.ts'

describe('on a line of each kind', () => {
	// What each may take at the most, in ideals (of a client that knows all from the start), and its lanes at once.
	test.each([
		['1 MB/s each, 16 MB', 2.7, 32],
		['1 MB/s each, 64 MB', 1.45, 32],
		['12 MB/s shared, 60 MB', 1.01, 2],
		['12 MB/s shared, 60 MB, 100 ms away', 1.12, 2],
		['12 MB/s shared, 60 MB, 300 ms away', 1.4, 2],
		['2 MB/s each of 12 shared, 60 MB', 1.15, 16],
		['1 MB/s each of 3.5 shared, 35 MB', 1.08, 8],
		['1 MB/s each, 64 MB, 200 ms away', 3.1, 32],
		['1 MB/s each, 64 MB, heads after 500 ms', 3.4, 32],
		['12 MB/s shared, after 3 s 1 MB/s each, 100 MB', 1.25, 32],
		['a bucket of 10 MB at 50 MB/s, then 8, 60 MB', 1.01, 2],
		['0.5 MB at 20 MB/s for each connection, then 1, 64 MB', 1.5, 32],
		['every 8th connection 40 times slower, 64 MB', 1.9, 32],
		['1 MB/s each, the host takes 4, 32 MB', 1.06, 4],
		['100 MB/s shared, 1 GB', 1.01, 2],
		['200 kB at 100 kB/s each', 1.03, 1],
	])('%s: within %d of the ideal, at most %i lanes', (name, factor, mostLanes) => {
		const { line, idealMs } = kindOf(name)
		const outcome = simulate(line, seeded(1), { ceiling: 32 })
		expect(outcome.completionMs).toBeLessThan(factor * idealMs)
		expect(outcome.peakLanes).toBeLessThanOrEqual(mostLanes)
	})

	test('with 30 % noise on a shared line, few of a hundred downloads ever use more than four lanes', () => {
		const { line, idealMs } = kindOf('12 MB/s shared, 60 MB, 30 % noise')
		const outcomes = hundredRuns(line)
		expect(outcomes.filter(outcome => outcome.peakLanes > 4).length).toBeLessThanOrEqual(5)
		expect(average(outcomes.map(outcome => outcome.completionMs))).toBeLessThan(1.05 * idealMs)
	})

	test('with 30 % noise on each connection, the climb reaches the ceiling all the same', () => {
		const { line, idealMs } = kindOf('1 MB/s each, 64 MB, 30 % noise')
		const outcomes = hundredRuns(line)
		expect(outcomes.every(outcome => outcome.peakLanes === 32)).toBe(true)
		expect(average(outcomes.map(outcome => outcome.completionMs))).toBeLessThan(1.75 * idealMs)
	})

	test('over a long download with noise, lanes that noise let in are few', () => {
		const outcomes = hundredRuns(kindOf('12 MB/s shared, 600 MB, 30 % noise').line)
		expect(average(outcomes.map(outcome => outcome.meanLanes))).toBeLessThan(4)
	})
})

describe('what it finds is told', () => {
	test('a filled line: the last step did not pay', () => {
		const { facts } = simulate(kindOf('12 MB/s shared, 60 MB').line, seeded(1), { ceiling: 32 }).state
		expect(facts.heldBy).toBe('no-gain')
		expect(facts.lastDoubling).toMatchObject({ from: 1, to: 2, paid: false })
		expect(facts.goodputs.map(entry => entry.lanes)).toEqual([1, 2])
		for (const { bytesPerSecond } of facts.goodputs) expect(bytesPerSecond).toBeCloseTo(12e6, -5)
	})

	test('a ceiling that ended the climb', () => {
		const { facts, target } = simulate(kindOf('1 MB/s each, 64 MB').line, seeded(1), { ceiling: 6 }).state
		expect(target).toBe(6)
		expect(facts.heldBy).toBe('ceiling')
		expect(facts.lastDoubling?.paid).toBe(true)
	})

	test('a fourfold step that half would have done keeps half', () => {
		const { state, path } = simulate(kindOf('1 MB/s each of 3.5 shared, 35 MB').line, seeded(1), { ceiling: 32 })
		expect(path.map(change => change.target).slice(0, 4)).toEqual([1, 2, 8, 4])
		expect(state.target).toBe(4)
		expect(state.facts.heldBy).toBe('no-gain')
	})

	test('a host that takes no more', () => {
		const { state, refused } = simulate(kindOf('1 MB/s each, the host takes 4, 32 MB').line, seeded(1), { ceiling: 32 })
		expect(state.facts.heldBy).toBe('host')
		expect(refused).toBe(1)
	})
})

describe('sample by sample', () => {
	test('nothing is concluded before a first byte, however long that takes', () => {
		const state = feed(startConnections({ ceiling: 32 }), { fromMs: 0, toMs: 60_000, bytesPerSecond: 0, lanes: 1 })
		expect(state.target).toBe(1)
		expect(state.facts.goodputs).toEqual([])
	})

	test('a download of unknown length keeps its one lane', () => {
		const state = feed(startConnections({ ceiling: 32 }), { ...steady, bytesLeft: undefined })
		expect(state.target).toBe(1)
		expect(state.facts.heldBy).toBe('too-little-left')
	})

	test('a pause is not taken for a fall, nor for a measurement', () => {
		const halfMeasured = feed(startConnections({ ceiling: 32 }), { ...steady, toMs: 200 })
		const paused = feed(halfMeasured, { ...steady, fromMs: 250, toMs: 30_000, bytesPerSecond: 0, paused: true })
		expect(paused.target).toBe(1)
		expect(paused.facts.goodputs).toEqual([])
		const resumed = feed(paused, { ...steady, fromMs: 30_050, toMs: 30_400 })
		expect(resumed.target).toBe(2)
	})

	test('a pause while it holds does not end the hold', () => {
		const held = feed(startConnections({ ceiling: 1 }), steady)
		const paused = feed(held, { ...steady, fromMs: 1050, toMs: 9000, bytesPerSecond: 0, paused: true })
		expect(feed(paused, { ...steady, fromMs: 9050, toMs: 12_000 }).phase.kind).toBe('holding')
	})

	test('lanes that never begin are given back, and that is no word about the line', () => {
		const tried = feed(startConnections({ ceiling: 2 }), { ...steady, toMs: 400 })
		expect(tried.target).toBe(2)
		const waited = feed(tried, { ...steady, fromMs: 450, toMs: 3500 })
		expect(waited.target).toBe(1)
		expect(waited.facts.heldBy).toBe('host')
		expect(waited.facts.lastDoubling).toBeUndefined()
	})

	test('after lanes that did not pay, the waits before the next trial double up to a minute', () => {
		const tries = triesOnAFilledLine(380_000)
		const waits = tries.slice(1).map((atMs, index) => atMs - (tries[index] ?? 0))
		expect(waits.map(ms => Math.floor(ms / 1000))).toEqual([3, 6, 12, 24, 48, 60, 60, 60, 60])
	})

	test.each<[string, number, number]>([
		['a faster lane is the best from then on', 1.2e6, 1.2e6],
		['a slower one is not, until the best has faded to it', 0.75e6, 1e6],
	])('of the lanes that were alone, %s', (_, bytesPerSecond, best) => {
		const filled = feed(startConnections({ ceiling: 32 }), { ...steady, toMs: 400 })
		const held = feed(filled, { ...steady, fromMs: 450, toMs: 1000, lanes: 2 })
		expect(held.target).toBe(1)
		expect(held.bestLane.bytesPerSecond).toBeCloseTo(1e6, 0)
		const again = feed(held, { ...steady, fromMs: 1050, toMs: 5000, bytesPerSecond })
		expect(again.bestLane.bytesPerSecond).toBeCloseTo(best, 0)
	})

	test('a cap that is learned takes lanes back at once, and a higher one is no news', () => {
		const grown = feed(startConnections({ ceiling: 32 }), { ...steady, toMs: 400 })
		const lowered = lowerCeiling(grown, 1, 400)
		expect(lowered.target).toBe(1)
		expect(lowered.facts.heldBy).toBe('host')
		expect(lowerCeiling(lowered, 5, 450)).toBe(lowered)
		expect(lowerCeiling(grown, 2, 400)).toMatchObject({ target: 2, ceiling: 2 })
		expect(feed(lowered, { ...steady, fromMs: 450, toMs: 2000 }).facts.heldBy).toBe('host')
	})

	test('a host that turns out to take more lets the climb go on to that, and one that takes less is no news', () => {
		const grown = feed(startConnections({ ceiling: 32 }), { ...steady, toMs: 400 })
		const lowered = lowerCeiling(grown, 1, 400)
		expect(raiseCeiling(lowered, 1)).toBe(lowered)
		const raised = raiseCeiling(lowered, 3)
		expect(raised.target).toBe(1)
		const climbed = feed(raised, { ...steady, fromMs: 450, toMs: 900 })
		expect(climbed.target).toBe(2)
		expect(feed(climbed, { ...steady, fromMs: 950, toMs: 2000, lanes: 2, bytesPerSecond: 2e6 }).target).toBe(3)
	})

	test('it is a function of its arguments: a state can be looked at twice', () => {
		const state = feed(startConnections({ ceiling: 32 }), { ...steady, toMs: 300 })
		const frozen = structuredClone(state)
		const next = sampleAt({ ...steady }, 350, 350_000)
		expect(observe(state, next)).toEqual(observe(state, next))
		expect(state).toEqual(frozen)
	})
})

function kindOf(name: string): (typeof lineKinds)[number] {
	const kind = lineKinds.find(candidate => candidate.name === name)
	if (kind === undefined) throw new TypeError(`No line is called ${name}`)
	return kind
}

function hundredRuns(line: (typeof lineKinds)[number]['line']): Outcome[] {
	return Array.from({ length: 100 }, (_, seed) => simulate(line, seeded(seed), { ceiling: 32 }))
}

function average(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length
}

interface Feed {
	readonly fromMs: number
	readonly toMs: number
	readonly bytesPerSecond: number
	readonly lanes: number
	readonly bytesLeft?: number | undefined
	readonly paused?: boolean
}

const steady: Feed = { fromMs: 0, toMs: 1000, bytesPerSecond: 1e6, lanes: 1, bytesLeft: 1e9 }

function feed(state: ConnectionsState, phase: Feed): ConnectionsState {
	let bytes = state.history.at(-1)?.bytesReceived ?? 0
	let next = state
	for (let nowMs = phase.fromMs; nowMs <= phase.toMs; nowMs += 50) {
		bytes += phase.bytesPerSecond / 20
		next = observe(next, sampleAt(phase, nowMs, bytes))
	}
	return next
}

function sampleAt(phase: Feed, nowMs: number, bytesReceived: number): Sample {
	const lanes = Array.from({ length: phase.lanes }, (_, index) => ({
		id: index + 1,
		bytes: bytesReceived / phase.lanes,
		receiving: bytesReceived > 0,
	}))
	return { nowMs, bytesReceived, lanes, headDelayMs: 0, bytesLeft: phase.bytesLeft, paused: phase.paused ?? false }
}

/** When more lanes were wanted, on a line of 1 MB/s that gives as many as are asked for. */
function triesOnAFilledLine(untilMs: number): readonly number[] {
	const tries: number[] = []
	let state = startConnections({ ceiling: 32 })
	for (let nowMs = 0; nowMs <= untilMs; nowMs += 50) {
		const before = state.target
		const line = { ...steady, lanes: state.target, bytesLeft: 1e12 }
		state = observe(state, sampleAt(line, nowMs, nowMs * 1000))
		if (state.target > before) tries.push(nowMs)
	}
	return tries
}
