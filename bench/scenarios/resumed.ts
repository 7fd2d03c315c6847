import { contenders, MB } from './contenders.ts'
import type { Scenario } from './scenario.ts'

const bytes = 200 * MB
const line = 40 * MB

/** Half of a file is there when the program is killed, and the same call again is to need no more than the other half. */
export const resumed: readonly Scenario[] = [
	{
		name: 'resumed',
		about: 'a shared line of 40 MB/s, 200 MB; killed after 2.5 s and run again in the same folder',
		origin: { bytes, line },
		killedAfterMs: 2500,
		idealMs: (bytes / line) * 1000 - 2500,
		contenders: contenders('skein:auto', 'skein:8', 'aria2:16', 'axel:8', 'curl:1', 'wget2:1'),
		claims: [],
	},
]
