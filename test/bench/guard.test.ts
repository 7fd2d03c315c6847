import { describe, expect, it } from 'vitest'
import { baselineOf, fallsOf, lineOf, measuredOf } from '../../bench/guard.ts'
import { guards, quick } from '../../bench/scenarios/quick.ts'
import { nameOf } from '../../bench/scenarios/scenario.ts'
import { findingsOf, runsOf } from './runs.ts'

const committed = { 'plain: wall': 1.2, 'tls: wall': 2 }

describe('the check against committed ratios', () => {
	it.each<[string, Record<string, number>, readonly string[]]>([
		['passes what is as it was', { 'plain: wall': 1.2, 'tls: wall': 2 }, []],
		['passes what got better', { 'plain: wall': 0.1, 'tls: wall': 0.1 }, []],
		['passes a fall of 35 %', { 'plain: wall': 1.62, 'tls: wall': 2.7 }, []],
		['fails a fall of more', { 'plain: wall': 1.63, 'tls: wall': 2 }, ['plain: wall']],
		['fails what was not measured', { 'plain: wall': 1.2 }, ['tls: wall']],
		['asks nothing of what is not committed', { ...committed, 'small: wall': 9 }, []],
	])('%s', (_, measured, names) => {
		expect(fallsOf(measured, committed).map(fall => fall.name)).toEqual(names)
	})

	it('says how much worse it is', () => {
		expect(fallsOf({ 'plain: wall': 1.8 }, { 'plain: wall': 1.2 }).map(lineOf)).toEqual([
			'plain: wall: 1.8, committed is 1.2: 50 % worse',
		])
		expect(fallsOf({}, { 'plain: wall': 1.2 }).map(lineOf)).toEqual(['plain: wall: was not measured, committed is 1.2'])
	})
})

describe('what is guarded', () => {
	it('runs in the quick scenarios', () => {
		const pairs = quick.flatMap(({ name, contenders }) => contenders.map(one => `${name} ${nameOf(one)}`))
		for (const { scenario, contender, other } of guards)
			expect(pairs).toEqual(expect.arrayContaining([`${scenario} ${contender}`, `${scenario} ${other}`]))
	})

	it('is named after the two that are compared, and left out where there is no pair', () => {
		const runs = [...runsOf('skein:auto', { wallMs: [30, 30] }), ...runsOf('raw:8:synced', { wallMs: [20, 15] })]
		const measured = measuredOf([findingsOf('quick-plain', 'skein:auto', runs)])
		expect(baselineOf(measured)).toEqual({ 'quick-plain: skein:auto over raw:8:synced: wall': 1.75 })
	})
})
