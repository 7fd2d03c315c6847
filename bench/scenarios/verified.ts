import { contentOfWire } from '../line/namespace.ts'
import { contenders, GiB, MB } from './contenders.ts'
import { overTheLargerOf, wallRatio } from './figures.ts'
import type { Scenario } from './scenario.ts'

const rate = 300 * MB

/** What it costs to be told the SHA-256, and to keep no other file. */
export const verified: readonly Scenario[] = [
	{
		name: 'verified-1g',
		about: 'nginx on loopback, 1 GiB to disk, its SHA-256 told or not; hash is the hashing of it alone',
		origin: { bytes: GiB },
		nginx: {},
		rounds: 7,
		contenders: contenders('skein:auto', 'skein:auto:checked', 'hash:1', 'aria2:16', 'aria2:16:checked'),
		claims: [
			{
				claim: 'verified over the larger of the download alone and the hashing alone: wall',
				about: ['skein:auto:checked', 'skein:auto', 'hash:1'],
				figure: overTheLargerOf('skein:auto:checked', 'skein:auto', 'hash:1'),
				wanted: { atMost: 1.15 },
			},
		],
	},
	{
		name: 'verified-300',
		about: 'a line of 300 MB/s, kept by the kernel, 1 GiB to disk, its SHA-256 told or not',
		origin: { bytes: GiB },
		nginx: {},
		wireBytesPerSecond: rate / contentOfWire,
		idealMs: (GiB / rate) * 1000,
		rounds: 7,
		contenders: contenders('skein:auto', 'skein:auto:checked', 'aria2:16', 'aria2:16:checked'),
		claims: [wallRatio('skein:auto:checked', 'skein:auto', 1.05)],
	},
]
