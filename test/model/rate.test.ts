import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateWindow, RunningMedian } from '../../src/model/rate.ts'

describe('the rate over a window', () => {
	test('is unknown before there is a tenth of the window', () => {
		const rate = new RateWindow(2000)
		expect(rate.bytesPerSecond).toBeUndefined()
		rate.note(1000, 500)
		expect(rate.bytesPerSecond).toBeUndefined()
		rate.note(1199, 1000)
		expect(rate.bytesPerSecond).toBeUndefined()
		rate.note(1200, 1000)
		expect(rate.bytesPerSecond).toBe(2500)
	})

	test('counts what came since the first note, not what was there at it', () => {
		const rate = new RateWindow(2000)
		rate.note(0, 1_000_000)
		rate.note(1000, 1_000_300)
		expect(rate.bytesPerSecond).toBe(300)
	})

	test('of a steady flow is that flow, at every note', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 1_000_000 }),
				fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 }),
				(bytesPerMs, waits) => {
					const rate = new RateWindow(2000)
					let atMs = 0
					rate.note(0, 0)
					for (const wait of waits) {
						atMs += wait
						rate.note(atMs, atMs * bytesPerMs)
						if (atMs >= 200) expect(rate.bytesPerSecond).toBeCloseTo(bytesPerMs * 1000, 3)
						else expect(rate.bytesPerSecond).toBeUndefined()
					}
				},
			),
		)
	})

	test('forgets what is older than the window, whose edge is a note', () => {
		const rate = new RateWindow(1000)
		rate.note(0, 0)
		rate.note(500, 5000)
		rate.note(1000, 5000)
		rate.note(1500, 5000)
		expect(rate.bytesPerSecond).toBe(0)
	})

	test('keeps the last note from before the window where none fell on its edge', () => {
		const rate = new RateWindow(1000)
		rate.note(0, 0)
		rate.note(3000, 6000)
		expect(rate.bytesPerSecond).toBe(2000)
		rate.note(3500, 6000)
		expect(rate.bytesPerSecond).toBeCloseTo(6000 / 3.5, 9)
		rate.note(4000, 6000)
		expect(rate.bytesPerSecond).toBe(0)
	})

	test('over a shorter window is that of its end, and known sooner', () => {
		const rate = new RateWindow(2000)
		expect(rate.over(500)).toBeUndefined()
		rate.note(0, 0)
		expect(rate.over(500)).toBeUndefined()
		rate.note(50, 100)
		expect(rate.over(500)).toBe(2000)
		expect(rate.bytesPerSecond).toBeUndefined()
		rate.note(1000, 1100)
		rate.note(1500, 6100)
		expect(rate.over(500)).toBe(10_000)
		expect(rate.over(600)).toBe((6000 * 1000) / 1450)
	})

	test('that begins anew is unknown again, and owes nothing to what came before', () => {
		const rate = new RateWindow(1000)
		rate.note(0, 0)
		rate.note(1000, 9000)
		rate.clear()
		expect(rate.bytesPerSecond).toBeUndefined()
		rate.note(1000, 9000)
		expect(rate.bytesPerSecond).toBeUndefined()
		rate.note(1500, 9100)
		expect(rate.bytesPerSecond).toBe(200)
	})

	test('falls to nothing where nothing comes', () => {
		const rate = new RateWindow()
		for (let atMs = 0; atMs <= 4000; atMs += 50) rate.note(atMs, Math.min(atMs, 1000))
		expect(rate.bytesPerSecond).toBe(0)
	})
})

describe('a running median', () => {
	test('is 0 before the first value', () => {
		expect(new RunningMedian().value).toBe(0)
	})

	test('lies in the middle of the last values, whatever came before and in whatever order', () => {
		const value = fc.integer({ min: 0, max: 1000 })
		fc.assert(
			fc.property(fc.array(value), fc.array(value, { minLength: 1, maxLength: 15 }), (before, last) => {
				const median = new RunningMedian(last.length)
				for (const noted of [...before, ...last]) median.note(noted)
				const below = last.filter(noted => noted < median.value).length
				const above = last.filter(noted => noted > median.value).length
				expect(last).toContain(median.value)
				expect(below).toBeLessThanOrEqual(last.length / 2)
				expect(above).toBeLessThanOrEqual(last.length / 2)
			}),
		)
	})

	test('does not heed one wild value', () => {
		const median = new RunningMedian(5)
		for (const value of [10, 11, 1_000_000, 12, 9]) median.note(value)
		expect(median.value).toBe(11)
	})
})
