import { contenders, GiB, MB } from './contenders.ts'
import { cpuRatio, millisecondsBeyond, peakMB, wallRatio, worstRun } from './figures.ts'
import type { Claim, Scenario } from './scenario.ts'

const rounds = 7

/** One large file, and nothing but the machine holds anybody back: what is measured is what a byte costs. */
export const fullSpeed: readonly Scenario[] = [
	{
		name: 'full-1g',
		about: 'nginx on loopback, 1 GiB to disk',
		origin: { bytes: GiB },
		nginx: {},
		rounds,
		contenders: contenders('skein:auto', 'raw:8', 'raw:8:synced', 'aria2:16', 'curl:1', 'axel:16', 'wget2:1'),
		claims: [
			wallRatio('skein:auto', 'aria2:16', 0.45),
			wallRatio('skein:auto', 'curl:1', 0.7),
			cpuRatio('skein:auto', 'aria2:16', 0.6),
			cpuRatio('skein:auto', 'curl:1', 0.8),
			// Both end with a sync; the claim speaks of a baseline with the sync included.
			wallRatio('skein:auto', 'raw:8:synced', 1.3),
			wallRatio('raw:8', 'curl:1', 0.65),
			leanInMemory('skein:auto'),
		],
	},
	{
		name: 'full-1g-npm',
		about: 'nginx on loopback, 1 GiB to disk, against other programs on Node',
		origin: { bytes: GiB },
		nginx: {},
		contenders: contenders('skein:auto', 'undici:8', 'easydl:8', 'ipull:8'),
		claims: [],
	},
	large('full-4g', '4 GiB to disk', {}),
	large('full-1g-tmpfs', '1 GiB to a tmpfs', { to: 'tmpfs', origin: { bytes: GiB }, rounds }),
	{
		...large('full-1g-tls', '1 GiB by TLS to disk', { origin: { bytes: GiB }, nginx: { tls: true }, rounds }),
		claims: [
			cpuRatio('skein:auto', 'aria2:16', 0.85),
			cpuRatio('skein:auto', 'curl:1', 0.97),
			wallRatio('skein:auto', 'aria2:16', 1),
			wallRatio('skein:auto', 'curl:1', 1),
		],
	},
	large('full-4g-tls', '4 GiB by TLS to disk', { nginx: { tls: true } }),
	large('full-1g-tls-tmpfs', '1 GiB by TLS to a tmpfs', { to: 'tmpfs', origin: { bytes: GiB }, nginx: { tls: true } }),
	{
		name: 'full-far',
		about: 'nginx 100 ms away, no other limit, 512 MB to disk',
		origin: { bytes: 512 * MB },
		nginx: {},
		delay: { roundTripMs: 100 },
		contenders: contenders('skein:auto', 'skein:16', 'aria2:16', 'axel:16', 'curl:1'),
		claims: [],
	},
	{
		name: 'start',
		about: 'nginx on loopback, one file of 10 kB',
		origin: { bytes: 10_000 },
		nginx: {},
		rounds: 15,
		contenders: contenders('skein:auto', 'node:0', 'aria2:16', 'curl:1'),
		claims: [
			{
				claim: 'a small file costs little more than the start of Node: milliseconds beyond `node -e 0`',
				about: ['skein:auto', 'node:0'],
				figure: millisecondsBeyond('skein:auto', 'node:0'),
				wanted: { atMost: 60 },
			},
		],
	},
]

function large(name: string, what: string, differs: Partial<Scenario>): Scenario {
	return {
		name,
		about: `nginx on loopback, ${what}`,
		origin: { bytes: 4 * GiB },
		nginx: {},
		contenders: contenders('skein:auto', 'raw:8', 'aria2:16', 'curl:1'),
		claims: [],
		...differs,
	}
}

function leanInMemory(contender: string): Claim {
	return {
		claim: 'peak memory of one large file in MB: the worst run',
		about: [contender],
		figure: worstRun(contender, peakMB),
		wanted: { atMost: 110 },
	}
}
