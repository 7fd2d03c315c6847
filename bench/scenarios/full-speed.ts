import { contenders } from './contenders.ts'
import { millisecondsBeyond, pairwise, worstRun } from './figures.ts'
import type { Claim, Run, Scenario } from './scenario.ts'

const gibibyte = 1024 * 1024 * 1024
const MB = 1_000_000
const rounds = 7

const cpu = (run: Run): number => run.cpuMs ?? Number.NaN
const peakMB = (run: Run): number => (run.peakBytes ?? Number.NaN) / MB

/** Nothing but the machine holds these back: what is measured is what a byte, a file and a start cost. */
export const fullSpeed: readonly Scenario[] = [
	{
		name: 'full-1g',
		about: 'nginx on loopback, 1 GiB to disk',
		origin: { bytes: gibibyte },
		nginx: {},
		rounds,
		contenders: contenders('skein:auto', 'raw:8', 'aria2:16', 'curl:1'),
		claims: [
			ratio('skein:auto', 'aria2:16', 'wall', 0.45),
			ratio('skein:auto', 'curl:1', 'wall', 0.7),
			ratio('skein:auto', 'aria2:16', 'cpu', 0.6),
			ratio('skein:auto', 'curl:1', 'cpu', 0.8),
			ratio('skein:auto', 'raw:8', 'wall', 1.3),
			ratio('raw:8', 'curl:1', 'wall', 0.65),
			{
				claim: 'peak memory of one large file in MB: the worst run',
				about: ['skein:auto'],
				figure: worstRun('skein:auto', peakMB),
				wanted: { atMost: 110 },
			},
		],
	},
	{
		name: 'full-1g-tls',
		about: 'nginx on loopback, 1 GiB by TLS to disk',
		origin: { bytes: gibibyte },
		nginx: { tls: true },
		rounds,
		contenders: contenders('skein:auto', 'aria2:16', 'curl:1'),
		claims: [
			ratio('skein:auto', 'aria2:16', 'cpu', 0.85),
			ratio('skein:auto', 'curl:1', 'cpu', 0.97),
			ratio('skein:auto', 'aria2:16', 'wall', 1),
			ratio('skein:auto', 'curl:1', 'wall', 1),
		],
	},
	manyFiles('full-small', 2000),
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

/** The number of a contender is that of files at once. */
function manyFiles(name: string, count: number): Scenario {
	// 4 to 10 kB, no two neighbours alike, the same in every run.
	const files = Array.from({ length: count }, (_, index) => 4000 + ((index * 2417) % 6001))
	return {
		name,
		about: `nginx on loopback, ${count.toLocaleString('en')} files of 4–10 kB, keep-alive`,
		origin: { bytes: files.reduce((sum, bytes) => sum + bytes, 0) },
		nginx: { files },
		contenders: contenders('skein:auto', 'skein:16', 'aria2:16', 'curl:16'),
		claims: [ratio('skein:16', 'curl:16', 'wall', 1.15), ratio('skein:16', 'aria2:16', 'wall', 0.45)],
	}
}

function ratio(contender: string, other: string, cost: 'wall' | 'cpu', atMost: number): Claim {
	return {
		claim: `${contender} over ${other}: ${cost}`,
		about: [contender, other],
		figure: cost === 'wall' ? pairwise(contender, other) : pairwise(contender, other, cpu),
		wanted: { atMost },
	}
}
