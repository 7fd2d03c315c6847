import { expect, test } from 'vitest'
import { sleptBetween } from '../../src/base/sleep.ts'

const from = { nowMs: 5000, wallMs: 1e12 }

test.each([
	['on time', 50, 50, false],
	['a little late, as in a busy program', 1049, 1049, false],
	['a second late: nobody was there', 1050, 1050, true],
	['on time while the calendar ran ahead by less than five seconds', 50, 5049, false],
	['on time while the calendar ran ahead by five seconds', 50, 5050, true],
	['on time while the calendar was set back by a year', 50, -3e10, false],
	['late while the calendar was set back by a year', 2000, -3e10, true],
	['before it is due', 10, 10, false],
])('a timer of 50 ms that comes %s', (_, passedMs, wallPassedMs, slept) => {
	const to = { nowMs: from.nowMs + passedMs, wallMs: from.wallMs + wallPassedMs }
	expect(sleptBetween(from, to, 50)).toBe(slept)
})
