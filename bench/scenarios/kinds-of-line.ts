import { contenders, MB } from './contenders.ts'
import { share } from './figures.ts'
import type { Scenario } from './scenario.ts'

type Kind = Pick<Scenario, 'name' | 'about' | 'origin' | 'delay' | 'idealMs'> & { readonly verdicts: readonly string[] }

/** Lines that the other scenarios do not have; docs/design/connections.md says what held each. */
const kinds: readonly Kind[] = [
	{
		name: 'line-both-caps',
		about: '2 MB/s for each connection of 12 MB/s together, 60 MB',
		origin: { bytes: 60 * MB, perConnection: 2 * MB, line: 12 * MB },
		idealMs: 5000,
		verdicts: ['line'],
	},
	{
		name: 'line-capped-far',
		about: '1 MB/s for each connection, 200 ms away, 64 MB',
		origin: { bytes: 64 * MB, perConnection: MB },
		delay: { roundTripMs: 200 },
		idealMs: 2000,
		verdicts: ['server-per-connection'],
	},
	{
		name: 'line-loss',
		about: '12 MB/s shared, 50 ms away, a burst of loss of 300 ms every 1.5 s, 60 MB',
		origin: { bytes: 60 * MB, line: 12 * MB },
		delay: { roundTripMs: 50, loss: { everyMs: 1500, lastsMs: 300 } },
		idealMs: 5000,
		verdicts: ['line'],
	},
	{
		name: 'line-cap-appears',
		about: '12 MB/s shared, and after 36 MB 1 MB/s for each connection, 100 MB',
		origin: {
			bytes: 100 * MB,
			line: 12 * MB,
			perConnection: { kind: 'change', atBytes: 36 * MB, bytesPerSecond: MB },
		},
		idealMs: 8333,
		verdicts: ['server-per-connection', 'line'],
	},
	{
		name: 'line-bucket',
		about: 'a bucket of 10 MB at 50 MB/s, then 8 MB/s shared, 60 MB',
		origin: {
			bytes: 60 * MB,
			line: { kind: 'bucket', bucketBytes: 10 * MB, burstBytesPerSecond: 50 * MB, bytesPerSecond: 8 * MB },
		},
		idealMs: 6450,
		verdicts: ['line'],
	},
	{
		name: 'line-bursts',
		about: '0.5 MB at 20 MB/s for each connection, then 1 MB/s, 64 MB',
		origin: {
			bytes: 64 * MB,
			perConnection: { kind: 'bucket', bucketBytes: MB / 2, burstBytesPerSecond: 20 * MB, bytesPerSecond: MB },
		},
		idealMs: 1525,
		verdicts: ['server-per-connection'],
	},
	{
		name: 'line-slow-starter',
		about: '12 MB/s shared, each connection from 100 kB/s on, doubling every 250 ms, 60 MB',
		origin: {
			bytes: 60 * MB,
			line: 12 * MB,
			perConnection: { kind: 'ramp', fromBytesPerSecond: 100_000, doublesEveryMs: 250, bytesPerSecond: 12 * MB },
		},
		idealMs: 5000,
		verdicts: ['line'],
	},
]

export const kindsOfLine: readonly Scenario[] = kinds.map(({ verdicts, ...kind }) => ({
	...kind,
	contenders: contenders('skein:auto', 'skein:1', 'skein:4', 'skein:16'),
	claims: [
		{
			claim: `the verdict is ${verdicts.join(' or ')}: share of runs`,
			about: ['skein:auto'],
			figure: share('skein:auto', run => run.verdict !== undefined && verdicts.includes(run.verdict)),
			wanted: { atLeast: 1 },
		},
	],
}))
