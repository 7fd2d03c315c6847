import type { Cost } from '../ratios.ts'
import { contenders, MB } from './contenders.ts'
import { wallRatio } from './figures.ts'
import { filesOf, smallFiles } from './many-files.ts'
import type { ContenderName, Scenario } from './scenario.ts'

const MiB = 1024 ** 2

/** The few that tell most in little time: skein against what Node can do at all, on the same machine at the same moment. */
export const quick: readonly Scenario[] = [
	{
		name: 'quick-plain',
		about: 'nginx on loopback, 512 MiB to disk',
		origin: { bytes: 512 * MiB },
		nginx: {},
		contenders: contenders('skein:auto', 'raw:8', 'raw:8:synced', 'curl:1'),
		claims: [wallRatio('raw:8', 'curl:1', 0.65)],
	},
	{
		name: 'quick-tls',
		about: 'nginx on loopback, 256 MiB by TLS to disk',
		origin: { bytes: 256 * MiB },
		nginx: { tls: true },
		contenders: contenders('skein:auto', 'raw:8'),
		claims: [],
	},
	{
		// Cheap, and single figures swing.
		...filesOf('quick-small', '1,000 files of 4–10 kB, keep-alive', smallFiles(1000)),
		contenders: contenders('skein:16', 'raw:16'),
	},
	{
		name: 'quick-start',
		about: 'nginx on loopback, one file of 10 kB',
		origin: { bytes: 0.01 * MB },
		nginx: {},
		rounds: 11,
		contenders: contenders('skein:auto', 'node:0'),
		claims: [],
	},
]

/** A ratio that is to stay as it is committed. */
export interface Guard {
	readonly scenario: string
	readonly contender: ContenderName
	readonly other: ContenderName
	readonly cost: Cost
}

export const guards: readonly Guard[] = [
	// Both sync, so that the disk of the day matters little.
	{ scenario: 'quick-plain', contender: 'skein:auto', other: 'raw:8:synced', cost: 'wall' },
	{ scenario: 'quick-plain', contender: 'skein:auto', other: 'raw:8', cost: 'cpu' },
	{ scenario: 'quick-plain', contender: 'skein:auto', other: 'raw:8', cost: 'memory' },
	{ scenario: 'quick-tls', contender: 'skein:auto', other: 'raw:8', cost: 'wall' },
	{ scenario: 'quick-tls', contender: 'skein:auto', other: 'raw:8', cost: 'cpu' },
	{ scenario: 'quick-small', contender: 'skein:16', other: 'raw:16', cost: 'wall' },
	{ scenario: 'quick-start', contender: 'skein:auto', other: 'node:0', cost: 'wall' },
]
