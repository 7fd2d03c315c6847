import { contenders, MB } from './contenders.ts'
import { secondsBeyondIdeal } from './figures.ts'
import type { Scenario } from './scenario.ts'

const bytes = 64 * MB
const rate = 2 * MB

/** Answers that stop for ever: the ideal is that of 16 connections of which none does. */
export const stalled: readonly Scenario[] = [
	stallsOf('stalled-answers', 'the 2nd, 5th and 8th answer', [1, 4, 7]),
	stallsOf('stalled-first', 'the first three answers', [0, 1, 2]),
]

function stallsOf(name: string, which: string, answers: readonly number[]): Scenario {
	return {
		name,
		about: `2 MB/s for each connection, ${which} stop for ever after 256 kB, 64 MB`,
		origin: { bytes, perConnection: rate, stalled: { answers, afterBytes: 256_000 } },
		idealMs: (bytes / (16 * rate)) * 1000,
		contenders: contenders('skein:auto', 'skein:16', 'aria2:16', 'axel:16'),
		claims: ['skein:auto', 'skein:16'].map(contender => ({
			claim: `three stalled answers cost ${contender} less than 8 s: seconds beyond the ideal of 16`,
			about: [contender],
			figure: secondsBeyondIdeal(contender),
			wanted: { below: 8 },
		})),
	}
}
