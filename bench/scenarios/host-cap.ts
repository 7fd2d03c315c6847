import { contenders, MB } from './contenders.ts'
import { allOf, overIdeal, share, worst } from './figures.ts'
import type { Claim, Run, Scenario } from './scenario.ts'

const bytes = 32 * MB
const cap = 4
const startedRightMs = 500

const claims: readonly Claim[] = [
	{
		claim: 'within 1.3 of the ideal: wall over ideal',
		about: ['skein:auto'],
		figure: overIdeal('skein:auto'),
		wanted: { atMost: 1.3 },
	},
	{
		claim: 'fewer than 40 requests: the worst run',
		about: ['skein:auto'],
		figure: worst('skein:auto', tally => tally.requests),
		wanted: { below: 40 },
	},
	{
		claim: `the next run is at ${cap} within ${startedRightMs} ms: share of runs`,
		about: ['skein:auto again'],
		figure: share('skein:auto again', startsRight),
		wanted: { atLeast: 1 },
	},
	{
		claim: 'the next run asks at most a handful of times above the cap: requests turned away, the worst run',
		about: ['skein:auto again'],
		figure: worst('skein:auto again', tally => tally.turnedAway),
		wanted: { atMost: 5 },
	},
]

/** A host that takes so many connections and turns away the others, each in its way. */
export const hostCap: readonly Scenario[] = (['503', '403', '429', 'reset', 'hang'] as const).map(by => ({
	name: `host-cap-${by}`,
	about: `1 MB/s for each connection, at most ${cap} answers at once, the others end in ${by}, 32 MB`,
	origin: { bytes, perConnection: MB, hostCap: { answers: cap, by } },
	idealMs: (bytes / (cap * MB)) * 1000,
	runsAgain: true,
	contenders: contenders('skein:auto', 'aria2:16', 'axel:16'),
	claims: by === '429' ? [] : claims,
}))

function startsRight(run: Run): boolean {
	const reachedMs = allOf(run).answersReachedMs[cap - 1] ?? Number.POSITIVE_INFINITY
	return reachedMs <= startedRightMs
}
