import { describe, expect, test } from 'vitest'
import { fade, type HostLessons, lastLearnedMs, mergeLessons } from '../../src/model/host-lesson.ts'

const now = new Date('2026-03-01T12:00:00Z')
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000)
const lesson = (connections: number, days: number) => ({ connections, learnedAt: daysAgo(days) })

describe('what was learned of a host', () => {
	// A cap that is old is tried beyond; a number that paid is begun below.
	test.each<[string, number, number | undefined, number | undefined]>([
		['a moment ago is right', 0, 8, 8],
		['yesterday is nearly right', 1, 9, 7],
		['a week ago is worth half', 7, 16, 4],
		['three weeks ago is worth an eighth', 21, 64, 1],
		['a month ago is worth a little', 30, 156, 1],
		['longer ago is forgotten', 30.1, undefined, undefined],
		['by a clock that is a little ahead is right', -0.5, 8, 8],
		['by a clock that is days ahead is not believed', -2, undefined, undefined],
	])('%s', (_, days, cap, paid) => {
		expect(fade({ cap: lesson(8, days), paid: lesson(8, days) }, now)).toEqual({ cap, paid })
	})

	test('is nothing where nothing was', () => {
		expect(fade({}, now)).toEqual({ cap: undefined, paid: undefined })
		expect(lastLearnedMs({})).toBe(0)
	})

	test('never begins with less than one lane', () => {
		expect(fade({ paid: lesson(1, 29) }, now).paid).toBe(1)
	})
})

describe('lessons of two processes', () => {
	test.each<[string, HostLessons, HostLessons, HostLessons]>([
		['the later one counts', { cap: lesson(4, 2) }, { cap: lesson(8, 1) }, { cap: lesson(8, 1) }],
		['whichever has it', { cap: lesson(4, 1) }, { cap: lesson(8, 2) }, { cap: lesson(4, 1) }],
		[
			'each for its own thing',
			{ cap: lesson(4, 1) },
			{ paid: lesson(8, 2) },
			{ cap: lesson(4, 1), paid: lesson(8, 2) },
		],
		['what is forgotten is left out', { cap: lesson(4, 40) }, { paid: lesson(8, 40) }, {}],
		['a date to come does not win', { cap: lesson(4, 1) }, { cap: lesson(8, -400) }, { cap: lesson(4, 1) }],
	])('%s', (_, one, other, both) => {
		expect(mergeLessons(one, other, now)).toEqual(both)
	})

	test('are as old as the younger', () => {
		expect(lastLearnedMs({ cap: lesson(4, 3), paid: lesson(2, 1) })).toBe(daysAgo(1).getTime())
	})
})
