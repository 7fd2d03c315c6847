import { contenders, MB } from './contenders.ts'
import { pairwise } from './figures.ts'
import type { Scenario } from './scenario.ts'

const about = '1 MB/s for each connection, no other limit'
const ceiling = 32

/** Where each connection is capped and nothing else limits, more is always better. */
export const perConnection: readonly Scenario[] = [
	{
		name: 'per-connection-64',
		about: `${about}, 64 MB`,
		origin: { bytes: 64 * MB, perConnection: MB },
		idealMs: (64 / ceiling) * 1000,
		contenders: contenders('skein:auto', 'skein:16', 'aria2:16', 'axel:16'),
		claims: [
			{
				claim: 'auto beats aria2 -x16: wall',
				about: ['skein:auto', 'aria2:16'],
				figure: pairwise('skein:auto', 'aria2:16'),
				wanted: { below: 1 },
			},
		],
	},
	{
		name: 'per-connection-256',
		about: `${about}, 256 MB`,
		origin: { bytes: 256 * MB, perConnection: MB },
		idealMs: (256 / ceiling) * 1000,
		contenders: contenders('skein:auto', 'aria2:16'),
		claims: [
			{
				claim: 'auto is at least 1.5 times as fast as aria2 -x16: wall',
				about: ['skein:auto', 'aria2:16'],
				figure: pairwise('skein:auto', 'aria2:16'),
				wanted: { atMost: 1 / 1.5 },
			},
		],
	},
]
