import type { Line } from './line-model.ts'

const MB = 1e6

/** A kind of line, and what an all-knowing client would need for it at the least. */
export interface LineKind {
	readonly name: string
	readonly line: Line
	readonly idealMs: number
}

/** A host that takes four connections, and how soon it shows that it takes no more. */
const hostCaps: readonly LineKind[] = [
	{ by: '503', shownAfterMs: 60 },
	{ by: '429', shownAfterMs: 60 },
	{ by: '403', shownAfterMs: 60 },
	{ by: 'reset', shownAfterMs: 20 },
	{ by: 'hang', shownAfterMs: 2000 },
].map(({ by, shownAfterMs }) => ({
	name: `1 MB/s each, the host takes 4 (${by}), 64 MB`,
	line: { fileBytes: 64 * MB, perConnectionAt: () => MB, roundTripMs: 20, hostCap: { lanes: 4, shownAfterMs } },
	idealMs: 16_000,
}))

/** Kinds of line that a download may meet; rates in bytes a second. */
export const lineKinds: readonly LineKind[] = [
	{
		name: '1 MB/s each, 16 MB',
		line: { fileBytes: 16 * MB, perConnectionAt: () => MB },
		idealMs: 16_000 / 32,
	},
	{
		name: '1 MB/s each, 64 MB',
		line: { fileBytes: 64 * MB, perConnectionAt: () => MB },
		idealMs: 64_000 / 32,
	},
	{
		name: '1 MB/s each, 64 MB, 30 % noise',
		line: { fileBytes: 64 * MB, perConnectionAt: () => MB, noise: 0.3 },
		idealMs: 64_000 / 32,
	},
	{
		name: '12 MB/s shared, 60 MB',
		line: { fileBytes: 60 * MB, sharedAt: () => 12 * MB, roundTripMs: 2 },
		idealMs: 5000,
	},
	{
		name: '12 MB/s shared, 60 MB, 30 % noise',
		line: { fileBytes: 60 * MB, sharedAt: () => 12 * MB, roundTripMs: 2, noise: 0.3 },
		idealMs: 5000,
	},
	{
		name: '12 MB/s shared, 60 MB, 100 ms away',
		line: { fileBytes: 60 * MB, sharedAt: () => 12 * MB, roundTripMs: 100 },
		idealMs: 5000,
	},
	{
		name: '12 MB/s shared, 600 MB, 30 % noise',
		line: { fileBytes: 600 * MB, sharedAt: () => 12 * MB, roundTripMs: 20, noise: 0.3 },
		idealMs: 50_000,
	},
	{
		name: '12 MB/s shared, 60 MB, 300 ms away',
		line: { fileBytes: 60 * MB, sharedAt: () => 12 * MB, roundTripMs: 300 },
		idealMs: 5000,
	},
	{
		name: '2 MB/s each of 12 shared, 60 MB',
		line: { fileBytes: 60 * MB, sharedAt: () => 12 * MB, perConnectionAt: () => 2 * MB, roundTripMs: 20 },
		idealMs: 5000,
	},
	{
		name: '1 MB/s each of 3.5 shared, 35 MB',
		line: { fileBytes: 35 * MB, sharedAt: () => 3.5 * MB, perConnectionAt: () => MB },
		idealMs: 10_000,
	},
	{
		name: '1 MB/s each, 64 MB, 200 ms away',
		line: { fileBytes: 64 * MB, perConnectionAt: () => MB, roundTripMs: 200 },
		idealMs: 2000,
	},
	{
		name: '1 MB/s each, 64 MB, heads after 500 ms',
		line: { fileBytes: 64 * MB, perConnectionAt: () => MB, serverDelayMs: 500 },
		idealMs: 2000,
	},
	{
		name: '12 MB/s shared, after 3 s 1 MB/s each, 100 MB',
		line: { fileBytes: 100 * MB, sharedAt: () => 12 * MB, perConnectionAt: nowMs => (nowMs < 3000 ? 50 : 1) * MB },
		idealMs: 3000 + 64_000 / 12,
	},
	{
		name: '1 MB/s each, after 1 s 4 shared, 64 MB',
		line: {
			fileBytes: 64 * MB,
			sharedAt: nowMs => (nowMs < 1000 ? 100 : 4) * MB,
			perConnectionAt: () => MB,
		},
		idealMs: 1000 + 32_000 / 4,
	},
	{
		name: '1 MB/s each, after 1 s 4 shared, 256 MB',
		line: {
			fileBytes: 256 * MB,
			sharedAt: nowMs => (nowMs < 1000 ? 100 : 4) * MB,
			perConnectionAt: () => MB,
		},
		idealMs: 1000 + 224_000 / 4,
	},
	{
		name: 'a bucket of 10 MB at 50 MB/s, then 8, 60 MB',
		line: { fileBytes: 60 * MB, sharedAt: (_, sent) => (sent < 10 * MB ? 50 : 8) * MB },
		idealMs: 200 + 50_000 / 8,
	},
	{
		name: '0.5 MB at 20 MB/s for each connection, then 1, 64 MB',
		line: { fileBytes: 64 * MB, perConnectionAt: (_, __, bytes) => (bytes < 0.5 * MB ? 20 : 1) * MB },
		idealMs: 25 + 48_000 / 32,
	},
	{
		name: 'every 8th connection 40 times slower, 64 MB',
		line: { fileBytes: 64 * MB, perConnectionAt: (_, nth) => (nth % 8 === 7 ? 0.05 : 2) * MB },
		idealMs: 64_000 / 56,
	},
	{
		name: '12 MB/s shared, 40 ms away, losses in bursts, 60 MB',
		line: {
			fileBytes: 60 * MB,
			sharedAt: () => 12 * MB,
			roundTripMs: 40,
			losses: { everyMs: 700, silentMs: 200 },
		},
		idealMs: 5000,
	},
	{
		name: '12 MB/s shared, each connection at 0.4 in its first second, 60 MB',
		line: {
			fileBytes: 60 * MB,
			sharedAt: () => 12 * MB,
			perConnectionAt: (_, __, bytes) => (bytes < 0.4 * MB ? 0.4 : 50) * MB,
			roundTripMs: 20,
		},
		idealMs: 5000,
	},
	...hostCaps,
	{
		name: '100 MB/s shared, 1 GB',
		line: { fileBytes: 1000 * MB, sharedAt: () => 100 * MB, roundTripMs: 1 },
		idealMs: 10_000,
	},
	{
		name: '200 kB at 100 kB/s each',
		line: { fileBytes: 200_000, perConnectionAt: () => 100_000, roundTripMs: 20 },
		idealMs: 2000,
	},
]
