import { contenders, MB } from './contenders.ts'
import { worst } from './figures.ts'
import type { Scenario } from './scenario.ts'

/** Too little to be worth a second connection. */
export const smallFile: readonly Scenario[] = [
	{
		name: 'small-file',
		about: '200 kB at 1 MB/s for each connection',
		origin: { bytes: 200_000, perConnection: MB },
		idealMs: 200,
		contenders: contenders('skein:auto', 'aria2:16', 'curl:1'),
		claims: (['requests', 'connections'] as const).map(counted => ({
			claim: `a 200 kB file takes one of them: ${counted}, the worst run`,
			about: ['skein:auto'],
			figure: worst('skein:auto', tally => tally[counted]),
			wanted: { atMost: 1 },
		})),
	},
]
