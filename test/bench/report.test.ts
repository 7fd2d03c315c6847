import { expect, it } from 'vitest'
import { behindOf, sectionOf } from '../../bench/report.ts'
import { findingsOf, runsOf } from './runs.ts'

const runs = [
	...runsOf('skein:auto', { wallMs: [1000, 1000], cpuMs: [500, 500] }),
	...runsOf('curl:1', { wallMs: [2000, 4000], cpuMs: [250, 250] }),
	...runsOf('raw:8', { wallMs: [500, 500], cpuMs: [100, 100] }),
]

it('A section has a row for each program, the ratios to the subject, and no column in which nothing stands', () => {
	expect(sectionOf(findingsOf('full', 'skein:auto', runs))).toBe(`### full

nginx on loopback.

|  | runs | wall s | cpu s |
| --- | --- | --- | --- |
| skein:auto | 2 | 1.00 | 0.50 |
| curl:1 | 2 | 3.00 (2.00–4.00) | 0.25 |
| raw:8 | 2 | 0.50 | 0.10 |

| skein:auto over | wall | cpu | memory |
| --- | --- | --- | --- |
| curl:1 | 0.38 (0.25–0.50) | 2.00 (2.00–2.00) |  |
| raw:8 | 2.00 (2.00–2.00) | 5.00 (5.00–5.00) |  |
`)
})

it('What another program does for less is listed; a baseline is no program', () => {
	expect(behindOf([findingsOf('full', 'skein:auto', runs)])).toBe(`| scenario | behind | ratio |
| --- | --- | --- |
| full | skein:auto over curl:1: cpu | 2.00 (2.00–2.00) |`)
})
