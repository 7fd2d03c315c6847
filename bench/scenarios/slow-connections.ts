import { contenders, MB } from './contenders.ts'
import { overIdeal, worst } from './figures.ts'
import type { Scenario } from './scenario.ts'

const bytes = 64 * MB
const rate = 2 * MB
const factor = 40

/** The whole is as fast as its slowest part, unless somebody takes that part over. */
export const slowConnections: readonly Scenario[] = [
	{
		name: 'slow-connections',
		about: '2 MB/s for each connection, every 8th 40 times slower, 64 MB',
		origin: { bytes, perConnection: rate, slowConnections: { nth: 8, factor } },
		idealMs: (bytes / (14 * rate + (2 * rate) / factor)) * 1000,
		contenders: contenders('skein:16', 'skein:auto', 'aria2:16', 'axel:16'),
		claims: [
			{
				claim: 'within 1.35 of the ideal at -x 16: wall over ideal',
				about: ['skein:16'],
				figure: overIdeal('skein:16'),
				wanted: { atMost: 1.35 },
			},
			{
				claim: 'the server sends at most 3 % more than the file: sent over size, the worst run',
				about: ['skein:16'],
				figure: worst('skein:16', tally => tally.bytesSent / bytes),
				wanted: { atMost: 1.03 },
			},
		],
	},
]
