import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeRate, giftFor, putBack, refill, shareOut, spend, startBucket } from '../../src/control/rate-limit.ts'

describe('a bucket', () => {
	test('whatever is asked for and whenever, never gives more than the limit and four tenths of a second', () => {
		const step = fc.record({ afterMs: fc.nat(400), wanted: fc.nat(20_000) })
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.array(step), (bytesPerSecond, steps) => {
				let bucket = startBucket(bytesPerSecond, 0)
				let given = 0
				let nowMs = 0
				for (const { afterMs, wanted } of steps) {
					nowMs += afterMs
					bucket = refill(bucket, nowMs)
					const gift = Math.max(0, Math.min(wanted, Math.floor(bucket.bytes)))
					bucket = spend(bucket, gift)
					given += gift
				}
				expect(given).toBeLessThanOrEqual((bytesPerSecond * (nowMs + 400)) / 1000 + 1)
			}),
		)
	})

	test('saves up a tenth of a second at the most, and a whole byte at the least', () => {
		expect(refill(startBucket(10_000, 0), 60_000).bytes).toBe(1000)
		expect(refill(startBucket(2, 0), 60_000).bytes).toBe(1)
	})

	test('what was late is made up for at a quarter more than the limit, three tenths of a second of it at the most', () => {
		const late = refill(startBucket(1000, 0), 200)
		expect(late).toMatchObject({ bytes: 100, late: 125 })
		expect(refill(late, 60_000).late).toBe(300)
		let bucket = spend(late, 100)
		let given = 0
		for (let nowMs = 225; nowMs <= 1200; nowMs += 25) {
			bucket = refill(bucket, nowMs)
			expect(bucket.bytes).toBeLessThanOrEqual(31.25)
			given += bucket.bytes
			bucket = spend(bucket, bucket.bytes)
		}
		expect(given).toBe(1125)
	})

	test('what came unasked is paid back first, up to a second of the limit', () => {
		const owing = spend(startBucket(1000, 0), 125)
		expect(owing.bytes).toBe(-100)
		expect(refill(owing, 100).bytes).toBe(0)
		expect(spend(owing, 1e9).bytes).toBe(-1000)
		expect(spend(spend(owing, 1e9), 1e9).bytes).toBe(-1000)
	})

	test('what was given and never came is there again', () => {
		const bucket = startBucket(1000, 0)
		expect(putBack(spend(bucket, 10), 10)).toEqual(bucket)
	})

	test('another rate holds from the moment on that it is set', () => {
		const slow = changeRate(spend(startBucket(100_000, 0), 2500), 1000, 10)
		expect(slow.bytes).toBe(100)
		expect(refill(changeRate(spend(startBucket(1000, 0), 25), 100_000, 10), 20).bytes).toBe(1010)
	})
})

describe('what lanes get', () => {
	test('each of them an equal part of 25 ms, or nothing where there is less than that', () => {
		expect(giftFor(startBucket(8_000_000, 0), 4)).toBe(50_000)
		expect(giftFor(spend(startBucket(8_000_000, 0), 160_000), 4)).toBe(0)
	})

	test('every download that waits gets the same, and in a download every lane', () => {
		const bucket = startBucket(8_000_000, 0)
		expect(shareOut(bucket, ['a', 'b', 'a', 'a', 'a'])).toEqual([25_000, 100_000, 25_000, 25_000, 25_000])
	})

	test('the first that wait get a byte each where there is less than one for all', () => {
		expect(shareOut({ bytesPerSecond: 100, bytes: 2.5, late: 0, atMs: 0 }, ['a', 'a', 'a', 'b'])).toEqual([1, 1, 0, 0])
		expect(shareOut({ bytesPerSecond: 100, bytes: -3, late: 0, atMs: 0 }, ['a', 'b'])).toEqual([0, 0])
	})

	test('never more in all than there is, and never a part of a byte', () => {
		const downloads = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 })
		fc.assert(
			fc.property(fc.double({ min: -10, max: 1e6, noNaN: true }), downloads, (bytes, waiting) => {
				const shares = shareOut({ bytesPerSecond: 1, bytes, late: 0, atMs: 0 }, waiting)
				const sum = shares.reduce((total, share) => total + share, 0)
				expect(sum).toBeLessThanOrEqual(Math.max(0, bytes))
				expect(shares.every(share => Number.isInteger(share) && share >= 0)).toBe(true)
				expect(shares).toHaveLength(waiting.length)
			}),
		)
	})
})
