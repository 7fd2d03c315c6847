import { contenders, MB } from './contenders.ts'
import { overIdeal } from './figures.ts'
import type { MirrorSpec, Scenario } from './scenario.ts'

const bytes = 60 * MB
const rate = 6 * MB
const fast = { bytes, line: rate }

/** Several addresses of one file, whose digest is known; all bytes must be of the first one's version. */
export const mirrors: readonly Scenario[] = [
	of('mirror-slow', 'a mirror 7 times slower', [{ bytes, line: rate / 7 }], rate + rate / 7),
	of('mirror-dead', 'a mirror as fast, and one that is dead', [fast, 'dead'], 2 * rate),
	of('mirror-other-version', 'a mirror as fast, and one of another version', [fast, { ...fast, version: 2 }], 2 * rate),
]

function of(name: string, which: string, others: readonly MirrorSpec[], sum: number): Scenario {
	return {
		name,
		about: `a line of 6 MB/s to the origin, ${which}, each with a line of its own, 60 MB`,
		origin: fast,
		mirrors: others,
		toldDigest: true,
		idealMs: (bytes / sum) * 1000,
		contenders: contenders('skein:auto', 'aria2:16', 'axel:16'),
		claims: [
			{
				claim: 'the right bytes at close to the sum of the good ones: wall over ideal',
				about: ['skein:auto'],
				figure: overIdeal('skein:auto'),
				wanted: { atMost: 1.25 },
			},
		],
	}
}
