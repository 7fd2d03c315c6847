import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { claimFromGap, planSteal, type SplitRules, type Thief, type Victim } from '../../src/control/split.ts'
import { seeded } from '../support/seeded.ts'
import { downloadByFluidLanes } from './fluid-lanes.ts'

const MB = 1_000_000
const rules = (facts: Partial<SplitRules> = {}): SplitRules => ({
	minSplitBytes: 100_000,
	idleLanes: 1,
	followed: false,
	...facts,
})
const thief = (facts: Partial<Thief> = {}): Thief => ({ bytesPerSecond: MB, delayMs: 100, ...facts })
const victim = (facts: Partial<Victim> = {}): Victim => ({
	position: 0,
	end: 10 * MB,
	bytesPerSecond: MB,
	openEnded: false,
	...facts,
})

const bytes = fc.integer({ min: 1, max: 50 * MB })
const rates = fc.integer({ min: 1000, max: 20 * MB })
const anyThief = fc.record<Thief>({
	bytesPerSecond: fc.option(rates, { nil: undefined }),
	delayMs: fc.integer({ min: 0, max: 3000 }),
})
const anyRules = fc.record<SplitRules>({
	minSplitBytes: fc.integer({ min: 1, max: 5 * MB }),
	idleLanes: fc.integer({ min: 1, max: 32 }),
	followed: fc.boolean(),
})
const anyVictim = fc
	.record({
		start: bytes,
		left: fc.integer({ min: 0, max: 50 * MB }),
		bytesPerSecond: fc.oneof(rates, fc.constantFrom(0, undefined)),
		openEnded: fc.boolean(),
	})
	.map(({ start, left, ...facts }) => ({ ...facts, position: start, end: start + left }))

describe('a claim on a free gap', () => {
	test('never exceeds the gap, and leaves no rest too small for a segment', () => {
		fc.assert(
			fc.property(bytes, bytes, bytes, anyThief, anyRules, (start, length, elsewhere, by, given) => {
				const gap = { start, end: start + length }
				const end = claimFromGap(gap, length + elsewhere, by, given)
				expect(Number.isInteger(end)).toBe(true)
				expect(end).toBeGreaterThan(gap.start)
				expect(end).toBeLessThanOrEqual(gap.end)
				if (end === gap.end) return
				expect(end - gap.start).toBeGreaterThanOrEqual(given.minSplitBytes)
				expect(gap.end - end).toBeGreaterThanOrEqual(given.minSplitBytes)
			}),
		)
	})

	test.each<[string, number, Partial<Thief>, Partial<SplitRules>, number]>([
		['is all of it for one lane that has time for it', 3 * MB, {}, {}, 3 * MB],
		['is four seconds of the lane', 100 * MB, {}, {}, 4 * MB],
		['is a share where others look for work', 8 * MB, {}, { idleLanes: 4 }, 2 * MB],
		['is 16 MiB where nothing is known of the lane', 100 * MB, { bytesPerSecond: undefined }, {}, 16 * 1024 * 1024],
		['leaves a rest that is enough for a segment', 4_100_000, {}, {}, 4 * MB],
		['takes a rest that is not', 4_099_999, {}, {}, 4_099_999],
		['is no less than a split may leave', 100 * MB, { bytesPerSecond: 1000 }, {}, 100_000],
	])('%s', (_, length, by, given, taken) => {
		expect(claimFromGap({ start: 0, end: length }, length, thief(by), rules(given))).toBe(taken)
	})

	test.each<[string, Partial<Thief>, number]>([
		['four seconds of a slow lane', { bytesPerSecond: MB }, 4 * MB],
		['16 MiB of one that is faster', { bytesPerSecond: 20 * MB }, 16 * 1024 * 1024],
		['twenty times what is lost between two of them', { bytesPerSecond: 20 * MB, delayMs: 100 }, 40 * MB],
		['a twentieth of a second of one that is very fast', { bytesPerSecond: 500 * MB, delayMs: 1 }, 25 * MB],
	])('on a followed file is %s', (_, by, taken) => {
		const end = claimFromGap(
			{ start: 0, end: 900 * MB },
			900 * MB,
			thief({ delayMs: 10, ...by }),
			rules({ followed: true }),
		)
		expect(end).toBe(taken)
	})

	test('is shared by what is free elsewhere, not by this gap alone', () => {
		expect(claimFromGap({ start: 0, end: 2 * MB }, 8 * MB, thief(), rules({ idleLanes: 4 }))).toBe(2 * MB)
	})
})

describe('a steal', () => {
	test('never takes a received byte, and leaves both with enough or one with all', () => {
		let steals = 0
		fc.assert(
			fc.property(fc.array(anyVictim, { maxLength: 6 }), anyThief, anyRules, (segments, by, given) => {
				const steal = planSteal(segments, by, given)
				if (steal === undefined) return
				steals += 1
				const { victim, at, end } = steal
				expect(segments).toContain(victim)
				expect(Number.isInteger(at)).toBe(true)
				expect(at).toBeGreaterThanOrEqual(victim.position)
				expect(at).toBeLessThan(victim.end)
				expect(end).toBeLessThanOrEqual(victim.end)
				if (end < victim.end) expect(victim.end - end).toBeGreaterThanOrEqual(given.minSplitBytes)
				if (at === victim.position) return
				expect(at - victim.position).toBeGreaterThanOrEqual(given.minSplitBytes)
				expect(end - at).toBeGreaterThanOrEqual(given.minSplitBytes)
			}),
			{ numRuns: 1000 },
		)
		expect(steals).toBeGreaterThan(100)
	})

	test('makes both finish together by their rates', () => {
		fc.assert(
			fc.property(
				rates,
				rates,
				fc.integer({ min: 0, max: 1000 }),
				fc.integer({ min: 1, max: 60 }),
				(slow, fast, delayMs, seconds) => {
					const robbed = victim({ bytesPerSecond: slow, end: slow * seconds })
					const by = { bytesPerSecond: fast, delayMs }
					const steal = planSteal([robbed], by, rules({ minSplitBytes: 1000 }))
					if (steal === undefined || steal.at < 2000 || robbed.end - steal.at < 2000) return
					const victimSeconds = steal.at / slow
					const thiefSeconds = delayMs / 1000 + (robbed.end - steal.at) / fast
					// The cut falls between two bytes.
					expect(Math.abs(victimSeconds - thiefSeconds)).toBeLessThanOrEqual(1 / slow + 1 / fast)
				},
			),
		)
	})

	test('is from the segment that would finish last, which need not be the longest', () => {
		const fastAndLong = victim({ end: 20 * MB, bytesPerSecond: 10 * MB })
		const slowAndShort = victim({ end: 5 * MB, bytesPerSecond: MB })
		expect(planSteal([fastAndLong, slowAndShort], thief(), rules())?.victim).toBe(slowAndShort)
		const stopped = victim({ end: MB, bytesPerSecond: 0 })
		expect(planSteal([fastAndLong, stopped, slowAndShort], thief(), rules())?.victim).toBe(stopped)
	})

	test('is from the first of those that would finish together', () => {
		const alike = [victim(), victim(), victim()]
		expect(planSteal(alike, thief(), rules())?.victim).toBe(alike[0])
	})

	test('is from the next where the last to finish has nothing to give', () => {
		const slowAndSmall = victim({ end: 150_000, bytesPerSecond: MB / 10 })
		const open = victim({ end: 14 * MB, bytesPerSecond: 10 * MB, openEnded: true })
		const slowThief = thief({ bytesPerSecond: MB / 10 })
		expect(planSteal([slowAndSmall], slowThief, rules())).toBeUndefined()
		expect(planSteal([slowAndSmall, open], slowThief, rules())?.victim).toBe(open)
	})

	test('is a fair share while others look for work too', () => {
		const steal = planSteal([victim({ end: 8 * MB })], thief({ delayMs: 0 }), rules({ idleLanes: 3 }))
		expect(steal?.at).toBe(6 * MB)
	})

	test('is a part of least size where a fair share would be too small for anybody', () => {
		const slow = victim({ end: 2 * MB, bytesPerSecond: MB / 40 })
		const steal = planSteal([slow], thief(), rules({ minSplitBytes: 250_000, idleLanes: 31 }))
		expect(steal?.at).toBe(1_750_000)
	})

	test('takes four seconds of its lane from an open response, which others will come for too', () => {
		const open = victim({ end: 500 * MB, openEnded: true })
		expect(planSteal([open], thief(), rules())?.at).toBe(496 * MB)
	})

	test('takes half of an open response of which nothing is known, and equal shares where more join', () => {
		const open = victim({ end: 8 * MB, bytesPerSecond: undefined, openEnded: true })
		const unknown = thief({ bytesPerSecond: undefined })
		expect(planSteal([open], unknown, rules())?.at).toBe(4 * MB)
		expect(planSteal([open], unknown, rules({ idleLanes: 3 }))?.at).toBe(6 * MB)
	})

	test('takes half of a bounded response, too, where nothing is known', () => {
		const bounded = victim({ end: 8 * MB, bytesPerSecond: undefined })
		expect(planSteal([bounded], thief({ bytesPerSecond: undefined }), rules())?.at).toBe(4 * MB)
	})

	test('of a followed file is what comes next, after as much as the victim keeps', () => {
		const open = victim({ position: MB, end: 500 * MB, openEnded: true })
		const followed = rules({ followed: true })
		expect(planSteal([open], thief(), followed)).toEqual({ victim: open, at: 5 * MB, end: 9 * MB })
		const short = victim({ position: MB, end: 8 * MB, openEnded: true })
		expect(planSteal([short], thief({ delayMs: 0 }), followed)).toEqual({ victim: short, at: 4_500_000, end: 8 * MB })
	})

	test.each<[string, Partial<Victim>, Partial<Thief>, Partial<SplitRules>]>([
		['there is too little for two parts', { end: 199_999 }, {}, {}],
		['there is nothing left', { end: 0 }, {}, {}],
		['there is nothing left of one that stopped', { end: 0, bytesPerSecond: 0 }, {}, {}],
		['the time saved is less than a cut costs', { end: 0.7 * MB }, { delayMs: 50 }, {}],
		['one of many takes too little to pay for a cut', { end: 2 * MB }, { delayMs: 0 }, { idleLanes: 31 }],
		['the victim is done before the thief has its first byte', { end: MB }, { delayMs: 2000 }, {}],
		['the victim is much faster', { end: 2 * MB, bytesPerSecond: 10 * MB }, { bytesPerSecond: 1000 }, {}],
		[
			'nothing is measured and it is too small',
			{ end: 150_000, bytesPerSecond: undefined },
			{ bytesPerSecond: undefined },
			{},
		],
	])('is none where %s', (_, robbed, by, given) => {
		expect(planSteal([victim(robbed)], thief(by), rules(given))).toBeUndefined()
	})

	test('is none from nobody', () => {
		expect(planSteal([], thief(), rules())).toBeUndefined()
	})
})

describe('what is too small to be split', () => {
	test('is taken over whole from a lane that is far slower', () => {
		const slow = victim({ position: 20_000, end: 120_000, bytesPerSecond: 25_000 })
		expect(planSteal([slow], thief(), rules())).toEqual({ victim: slow, at: 20_000, end: 120_000 })
		const slowAndOpen = { ...slow, openEnded: true }
		expect(planSteal([slowAndOpen], thief(), rules())).toEqual({ victim: slowAndOpen, at: 20_000, end: 120_000 })
	})

	test('is taken over from a lane that waits to ask again', () => {
		const waiting = victim({ position: 20_000, end: 120_000, bytesPerSecond: 0 })
		expect(planSteal([waiting], thief(), rules())).toEqual({ victim: waiting, at: 20_000, end: 120_000 })
	})

	test('is never taken over by a lane that would not be done sooner, its delay included', () => {
		fc.assert(
			fc.property(anyVictim, anyThief, anyRules, (robbed, by, given) => {
				const steal = planSteal([robbed], by, given)
				if (steal === undefined || steal.at > robbed.position) return
				const left = robbed.end - robbed.position
				expect(by.bytesPerSecond).toBeDefined()
				const rate = by.bytesPerSecond as number
				const thiefSeconds = by.delayMs / 1000 + left / rate
				expect(left / (robbed.bytesPerSecond ?? rate)).toBeGreaterThan(thiefSeconds)
			}),
			{ numRuns: 1000 },
		)
	})
})

describe('a file by many lanes of steady rates', () => {
	const delays = { headDelayMs: 40, connectDelayMs: 40 }

	/** Time is lost where lanes end apart; requests are lost where lanes rob each other of ever smaller parts. */
	function expectGood(rates: readonly number[], size: number, within: { ratio: number; seconds: number }): void {
		const { seconds, idealSeconds, requests, cuts, lateRequests } = downloadByFluidLanes({
			bytes: size,
			bytesPerSecond: rates,
			...delays,
		})
		expect(seconds).toBeLessThanOrEqual(idealSeconds * within.ratio + within.seconds)
		// Four seconds a request, and a few for each lane to end together.
		expect(requests).toBeLessThanOrEqual(rates.length * (4 + seconds / 4))
		expect(cuts).toBeLessThanOrEqual(2 * rates.length)
		expect(lateRequests).toBeLessThanOrEqual(2 * rates.length)
	}

	test.each([16, 64, 200].flatMap(megabytes => [1, 2, 4, 8, 16, 32].map(count => [megabytes, count] as const)))(
		'%i MB by %i alike: the time of the line and a tenth of a second',
		(megabytes, count) => {
			const alike = new Array<number>(count).fill(MB)
			expectGood(alike, megabytes * MB, { ratio: 1.02, seconds: 0.15 })
		},
	)

	const withOneSlow = [64, 200].flatMap(megabytes =>
		[2, 4, 8, 16, 32].flatMap(count => [0, 1, count - 1].map(slow => [megabytes, count, slow] as const)),
	)

	test.each(withOneSlow)('%i MB by %i of which number %i is forty times slower', (megabytes, count, slow) => {
		const lanes = new Array<number>(count).fill(MB)
		lanes[slow] = MB / 40
		expectGood(lanes, megabytes * MB, { ratio: 1.35, seconds: 0 })
	})

	test.each([4, 8, 16])('64 MB by %i of which three are forty times slower, first or last', count => {
		const lanes = new Array<number>(count).fill(MB).fill(MB / 40, 0, 3)
		expectGood(lanes, 64 * MB, { ratio: 1.35, seconds: 0 })
		expectGood(lanes.reverse(), 64 * MB, { ratio: 1.35, seconds: 0 })
	})

	test.each([2, 4, 8, 16])('%i alike, and somebody follows: hardly later, and he is not far behind', count => {
		const download = { bytes: 1000 * MB, bytesPerSecond: new Array<number>(count).fill(25 * MB), ...delays }
		const { seconds, idealSeconds, mostAheadBytes, cuts } = downloadByFluidLanes({ ...download, followed: true })
		expect(seconds).toBeLessThanOrEqual(idealSeconds * 1.2)
		expect(mostAheadBytes).toBeLessThanOrEqual(count * 2 * 40 * MB)
		expect(cuts).toBeLessThanOrEqual(2 * count)
		expect(downloadByFluidLanes(download).mostAheadBytes).toBeGreaterThan(450 * MB)
	})

	test('where the user allows no part below a megabyte and one lane is forty times slower', () => {
		const lanes = [MB, MB, MB, MB / 40, MB, MB, MB, MB]
		const { seconds, idealSeconds } = downloadByFluidLanes({
			bytes: 64 * MB,
			bytesPerSecond: lanes,
			minSplitBytes: MB,
			...delays,
		})
		expect(seconds).toBeLessThanOrEqual(idealSeconds * 1.35)
	})

	test('of any number and any rates: every byte once, requests within bounds, and in time but for a rare one', () => {
		const random = seeded(5)
		const downloads = Array.from({ length: 120 }, () => {
			const lanes = Array.from({ length: 1 + Math.floor(random() * 16) }, () => Math.ceil(MB * (0.1 + random() * 5.9)))
			const idealSeconds = 2 + Math.floor(random() * 19)
			const size = lanes.reduce((sum, rate) => sum + rate, 0) * idealSeconds
			return { count: lanes.length, ...downloadByFluidLanes({ bytes: size, bytesPerSecond: lanes, ...delays }) }
		})
		for (const { count, seconds, requests, cuts } of downloads) {
			expect(requests).toBeLessThanOrEqual(count * (4 + seconds / 4))
			expect(cuts).toBeLessThanOrEqual(3 * count)
		}
		const ratios = downloads.map(({ seconds, idealSeconds }) => seconds / idealSeconds).sort((a, b) => a - b)
		expect(ratios[60]).toBeLessThan(1.06)
		expect(ratios[116]).toBeLessThan(1.35)
		expect(ratios[119]).toBeLessThan(2.5)
	})
})
