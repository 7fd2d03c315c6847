import { expect, test } from 'vitest'
import { isFast } from '../../src/control/fast-rate.ts'
import { RateWindow } from '../../src/model/rate.ts'

const after = (ms: number, bytes: number): RateWindow => {
	const goodput = new RateWindow(2000)
	goodput.note(0, 0)
	goodput.note(ms, bytes)
	return goodput
}

test('200 MB/s is fast, and a byte less is not', () => {
	expect(isFast(after(500, 100_000_000))).toBe(true)
	expect(isFast(after(500, 99_999_999))).toBe(false)
})

test('a twentieth of a second tells, and nothing is fast before', () => {
	expect(isFast(after(50, 10_000_000))).toBe(true)
	expect(isFast(after(49, 100_000_000))).toBe(false)
	expect(isFast(new RateWindow(2000))).toBe(false)
})
