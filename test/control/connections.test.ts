import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
	type ConnectionsState,
	joinedByAnother,
	lanesThatPaid,
	lanesToBeginWith,
	lowerCeiling,
	observe,
	raiseCeiling,
	startConnections,
} from '../../src/control/connections.ts'
import type { Sample } from '../../src/control/goodput.ts'
import { seeded } from '../support/seeded.ts'
import { type Outcome, simulate } from './line-model.ts'
import { lineKinds } from './lines.ts'

test('a source that joins brings a lane, up to the ceiling, and what was measured without it is void', () => {
	const alone = startConnections({ ceiling: 2 })
	const joined = joinedByAnother(alone, 700)
	expect(joined).toMatchObject({ target: 2, phase: { kind: 'measuring', sinceMs: 700, trial: undefined } })
	expect(joinedByAnother(joined, 900).target).toBe(2)
})

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
		['1 MB/s each, after 1 s 4 shared, 256 MB', 1.15, 32],
		['12 MB/s shared, each connection at 0.4 in its first second, 60 MB', 1.2, 32],
		['1 MB/s each, the host takes 4 (503), 64 MB', 1.04, 8],
		['1 MB/s each, the host takes 4 (429), 64 MB', 1.04, 8],
		['1 MB/s each, the host takes 4 (403), 64 MB', 1.04, 8],
		['1 MB/s each, the host takes 4 (reset), 64 MB', 1.04, 8],
		['1 MB/s each, the host takes 4 (hang), 64 MB', 1.04, 8],
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
		expect(outcomes.filter(outcome => outcome.peakLanes > 4).length).toBeLessThanOrEqual(24)
	})

	test('where packets are lost in bursts, half of the downloads take at most 1.45 ideals', () => {
		const { line, idealMs } = kindOf('12 MB/s shared, 40 ms away, losses in bursts, 60 MB')
		const times = hundredRuns(line).map(outcome => outcome.completionMs)
		expect(times.sort((a, b) => a - b)[50]).toBeLessThan(1.45 * idealMs)
	})

	test('lanes that a wider line paid for are given back', () => {
		const { line } = kindOf('1 MB/s each, after 1 s 4 shared, 256 MB')
		const { state, meanLanes } = simulate(line, seeded(1), { ceiling: 32 })
		expect(state.target).toBeLessThanOrEqual(8)
		expect(meanLanes).toBeLessThan(20)
	})
})

describe('with a number that paid before', () => {
	test.each<[string, number, number, number]>([
		['the same line is as fast as can be', 32, 1.01, 32],
		['fewer are a start', 8, 1.25, 32],
	])('%s', (_, begin, factor, mostLanes) => {
		const { line, idealMs } = kindOf('1 MB/s each, 64 MB')
		const outcome = simulate(line, seeded(1), { ceiling: 32, begin })
		expect(outcome.completionMs).toBeLessThan(factor * idealMs)
		expect(outcome.peakLanes).toBe(mostLanes)
	})

	test('a line that one connection fills is found out in a long download', () => {
		const line = { fileBytes: 600e6, sharedAt: () => 12e6, roundTripMs: 20 }
		const outcome = simulate(line, seeded(1), { ceiling: 32, begin: 32 })
		expect(outcome.state.target).toBe(1)
		expect(outcome.completionMs).toBeLessThan(1.02 * 50_000)
	})

	test('a host that takes four is asked by four', () => {
		const { line, idealMs } = kindOf('1 MB/s each, the host takes 4 (503), 64 MB')
		const outcome = simulate(line, seeded(1), { ceiling: 4, begin: 4 })
		expect(outcome.completionMs).toBeLessThan(1.02 * idealMs)
		expect(outcome.refused).toBe(0)
	})

	test.each<[string, number | undefined, number | undefined, number]>([
		['nothing known begins with one', undefined, 1e9, 1],
		['what is known is begun with', 16, 1e9, 16],
		['a small file is not worth so many', 16, 5 * 1024 * 1024, 5],
		['a tiny one is worth one', 16, 200_000, 1],
		['so is one whose length is unknown', 16, undefined, 1],
	])('%s', (_, paid, bytesLeft, lanes) => {
		expect(lanesToBeginWith(paid, bytesLeft)).toBe(lanes)
	})
})

test('the documentation holds every kind of line, in its table and in its picture', () => {
	const design = new URL('../../docs/design/', import.meta.url)
	const page = readFileSync(new URL('connections.md', design), 'utf8')
	const picture = readFileSync(new URL('connections.svg', design), 'utf8')
	for (const { name } of lineKinds) {
		expect(page).toContain(`| ${name} |`)
		expect(picture).toContain(`>${name}<`)
	}
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
		const { line } = kindOf('1 MB/s each, the host takes 4 (503), 64 MB')
		const { state, refused } = simulate(line, seeded(1), { ceiling: 32 })
		expect(state.facts.heldBy).toBe('host')
		// Four at once, and then one after 3 s and one after 6 more.
		expect(refused).toBe(6)
		expect(lanesThatPaid(state)).toBe(4)
	})

	test('the number that paid: not one that is on trial', () => {
		const fresh = startConnections({ ceiling: 32 })
		expect(lanesThatPaid(fresh)).toBeUndefined()
		const doubled = feed(fresh, { ...steady, toMs: 400 })
		const onTrial = feed(doubled, { ...steady, fromMs: 450, toMs: 800, lanes: 2, bytesPerSecond: 2e6 })
		expect(onTrial.target).toBe(8)
		expect(lanesThatPaid(onTrial)).toBe(2)
		const held = feed(onTrial, { ...steady, fromMs: 850, toMs: 3000, lanes: 8, bytesPerSecond: 2e6 })
		const fallen = feed(held, { ...steady, fromMs: 3050, toMs: 4200, lanes: 2, bytesPerSecond: 0.5e6 })
		expect(fallen).toMatchObject({ target: 2, phase: { kind: 'measuring', trial: undefined } })
		expect(lanesThatPaid(fallen)).toBe(2)
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

	test('a climb that the host held goes on when it turns out to take more, however long it was held', () => {
		const grown = feed(startConnections({ ceiling: 32 }), { ...steady, toMs: 400 })
		const held = feed(lowerCeiling(grown, 1, 400), { ...steady, fromMs: 450, toMs: 3400 })
		expect(held).toMatchObject({ target: 1, phase: { kind: 'holding' } })
		const raised = feed(raiseCeiling(held, 5), { ...steady, fromMs: 3450, toMs: 3500 })
		expect(raised.target).toBe(2)
		const climbed = feed(raised, { ...steady, fromMs: 3550, toMs: 4500, lanes: 2, bytesPerSecond: 2e6 })
		expect(climbed.target).toBe(5)
	})

	test('a ceiling of our own is told as one, and so is the one that takes its place', () => {
		const grown = feed(startConnections({ ceiling: 32 }), { ...steady, toMs: 400 })
		const lowered = lowerCeiling(grown, 1, 400, 'ceiling')
		expect(lowered.facts.heldBy).toBe('ceiling')
		expect(raiseCeiling(lowerCeiling(grown, 1, 400), 2, 'ceiling').ceilingBy).toBe('ceiling')
	})

	test('a hold for want of gain does not end because more would be allowed', () => {
		const doubled = feed(startConnections({ ceiling: 2 }), { ...steady, toMs: 400 })
		const held = feed(doubled, { ...steady, fromMs: 450, toMs: 1000, lanes: 2 })
		expect(held).toMatchObject({ target: 1, facts: { heldBy: 'no-gain' } })
		expect(feed(raiseCeiling(held, 8), { ...steady, fromMs: 1050, toMs: 2000 }).target).toBe(1)
	})

	describe('two lanes that paid only just', () => {
		const two = { ...steady, lanes: 2, bytesPerSecond: 1.45e6 }
		const kept = feed(feed(startConnections({ ceiling: 2 }), { ...steady, toMs: 400 }), {
			...two,
			fromMs: 450,
			toMs: 2600,
		})
		const held = feed(kept, { ...two, fromMs: 2650, toMs: 5400 })
		const halved = feed(held, { ...two, fromMs: 5450, toMs: 5650 })
		const alone = { ...steady, fromMs: 5700 }

		test('are kept, and halved after a while', () => {
			expect([kept, held, halved].map(({ target }) => target)).toEqual([2, 2, 1])
		})

		test('stay one where one brings as much', () => {
			const { target, facts } = feed(halved, { ...alone, toMs: 6500, bytesPerSecond: 1.4e6 })
			expect({ target, heldBy: facts.heldBy }).toEqual({ target: 1, heldBy: 'no-gain' })
		})

		test('are two again where one brings much less', () => {
			const restored = feed(halved, { ...alone, toMs: 6500, bytesPerSecond: 0.8e6 })
			expect(restored).toMatchObject({ target: 2, phase: { kind: 'holding' } })
		})

		test('are two again where one brings a little less, after eight windows', () => {
			const doubtful = feed(halved, { ...alone, toMs: 7000, bytesPerSecond: 1.2e6 })
			expect(doubtful.target).toBe(1)
			expect(feed(doubtful, { ...alone, fromMs: 7050, toMs: 8000, bytesPerSecond: 1.2e6 }).target).toBe(2)
		})

		test('are two again where one is missed before the other has ended', () => {
			expect(feed(halved, { ...two, fromMs: 5700, toMs: 6200, bytesPerSecond: 0.8e6 }).target).toBe(2)
		})

		test('are two again where the other does not end', () => {
			const waiting = feed(halved, { ...two, fromMs: 5700, toMs: 60_000 })
			expect(waiting.target).toBe(1)
			expect(feed(waiting, { ...two, fromMs: 60_050, toMs: 66_000 }).target).toBe(2)
		})

		test('that are needed are left alone for a minute, and then for two', () => {
			let state = halved
			const halvings: number[] = []
			for (let nowMs = 5700; nowMs < 300_000; nowMs += 50) {
				const lanes = state.target
				const bytes = (state.history.at(-1)?.bytesReceived ?? 0) + (lanes === 2 ? 1.45e6 : 0.8e6) / 20
				state = observe(state, sampleAt({ ...steady, lanes }, nowMs, bytes))
				if (state.target < lanes) halvings.push(nowMs)
			}
			const waits = halvings.map((atMs, index) => Math.floor((atMs - (halvings[index - 1] ?? 5700)) / 1000))
			expect(waits).toEqual([60, 120])
		})

		test('are kept where too little is left to make up for a trial', () => {
			expect(feed(held, { ...two, fromMs: 5450, toMs: 9000, bytesLeft: 10e6 }).target).toBe(2)
		})
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
