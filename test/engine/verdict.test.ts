import { describe, expect, test } from 'vitest'
import type { Bottleneck } from '../../src/control/verdict.ts'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import { partOf, type Reply, type Script, statusReply } from '../support/scripted/server.ts'
import type { Disk } from '../support/scripted/watched-sink.ts'
import { expectBytes, runToEnd, version, World, type WorldOptions } from '../support/scripted/world.ts'

const mb = 1_000_000

/** A kind of line, server or machine, and what the whole engine is to say of it: the table of docs/design/connections.md. */
interface Kind {
	readonly name: string
	readonly bytes: number
	readonly world: Omit<WorldOptions, 'version'>
	readonly spec?: Partial<DownloadSpec>
	readonly disk?: Disk
	readonly verdict: Bottleneck
	readonly text: RegExp
}

const far = { connectMs: 100, headAfterMs: 200 }

/** A host that takes four connections, and does `refuse` to the others. */
const hostCap = (refuse: (right: Reply) => Reply): Omit<WorldOptions, 'version'> => ({
	script: ({ busy }, right) => (busy > 4 ? refuse(right) : right),
})

const slowTail: Script = (_, right) =>
	(partOf(right)?.end ?? 0) > 15 * mb ? { ...right, rateAt: (_nowMs, _sent) => 100_000 } : right

const kinds: readonly Kind[] = [
	{
		name: 'a cap per connection',
		bytes: 32 * mb,
		world: {},
		verdict: 'server-per-connection',
		text: /^The server limits each connection: 8 connections brought 7\.\d MiB\/s and 32 \d+\.\d MiB\/s; more were not allowed\.$/,
	},
	{
		name: 'a cap per connection, far away',
		bytes: 32 * mb,
		world: far,
		verdict: 'server-per-connection',
		text: /^The server limits each connection/,
	},
	{
		name: 'a shared line',
		bytes: 24 * mb,
		world: { bytesPerSecond: 100 * mb, lineBytesPerSecond: 4 * mb },
		verdict: 'line',
		text: /^1 connection filled the line at 3\.8 MiB\/s; 2 brought 3\.8 MiB\/s, too little to keep them\.$/,
	},
	{
		name: 'a shared line, far away',
		bytes: 24 * mb,
		world: { ...far, bytesPerSecond: 100 * mb, lineBytesPerSecond: 4 * mb },
		verdict: 'line',
		text: /^1 connection filled the line/,
	},
	{
		name: 'both, the line fills first',
		bytes: 32 * mb,
		world: { lineBytesPerSecond: 5 * mb },
		verdict: 'line',
		text: /filled/,
	},
	{
		name: 'a shared line with bursts of loss',
		bytes: 24 * mb,
		world: {
			...{ bytesPerSecond: 100 * mb, lineBytesPerSecond: 4 * mb },
			outages: Array.from({ length: 30 }, (_, nth) => ({
				...{ fromMs: 400 + nth * 700, toMs: 550 + nth * 700 },
				manner: 'silent' as const,
			})),
		},
		verdict: 'line',
		text: /filled the line/,
	},
	{
		name: 'a cap per connection that appears half-way',
		bytes: 40 * mb,
		world: {
			lineBytesPerSecond: 8 * mb,
			script: (_, right) => ({ ...right, rateAt: nowMs => (nowMs < 2500 ? 100 * mb : 200_000) }),
		},
		verdict: 'server-per-connection',
		text: /^The server limits each connection/,
	},
	{
		name: 'a bucket that empties, then less',
		bytes: 32 * mb,
		world: { bytesPerSecond: 100 * mb, lineBytesPerSecond: nowMs => (nowMs < 300 ? 30 : 4) * mb },
		verdict: 'line',
		text: /filled the line/,
	},
	{
		name: 'connections that start slowly',
		bytes: 24 * mb,
		world: {
			lineBytesPerSecond: 4 * mb,
			script: (_, right) => ({ ...right, rateAt: (_nowMs, sent) => 100_000 + 20 * sent }),
		},
		verdict: 'line',
		text: /filled/,
	},
	{
		name: 'a host that takes 4, and says 503',
		bytes: 24 * mb,
		world: hostCap(right => statusReply(right, 503)),
		verdict: 'server',
		text: /refused/,
	},
	{
		name: 'a host that takes 4, and says 429',
		bytes: 24 * mb,
		world: hostCap(right => statusReply(right, 429)),
		verdict: 'server',
		text: /refused/,
	},
	{
		name: 'a host that takes 4, and says 403',
		bytes: 24 * mb,
		world: hostCap(right => statusReply(right, 403)),
		verdict: 'server',
		text: /refused/,
	},
	{
		name: 'a host that takes 4, and resets the others',
		bytes: 24 * mb,
		world: hostCap(right => ({ ...right, fails: 'E_NETWORK' })),
		verdict: 'server',
		text: /refused/,
	},
	{
		name: 'a host that takes 4, and never answers the others',
		bytes: 24 * mb,
		world: hostCap(right => ({ ...right, headAfterMs: Number.POSITIVE_INFINITY })),
		verdict: 'server',
		text: /refused/,
	},
	{
		name: 'a disk that is slower than the line',
		bytes: 8 * mb,
		world: { bytesPerSecond: 100 * mb },
		disk: { writeMs: 20 },
		verdict: 'disk',
		text: /^The disk took/,
	},
	{
		name: 'a processor that is slower than the line',
		bytes: 24 * mb,
		world: { bytesPerSecond: 100 * mb, lineBytesPerSecond: 4 * mb, cpuShare: 0.95 },
		verdict: 'cpu',
		text: /processor time/,
	},
	{
		name: 'a rate limit below what the line brings',
		bytes: 8 * mb,
		world: { bytesPerSecond: 100 * mb, limitBytesPerSecond: 2 * mb },
		verdict: 'limit',
		text: /^It came at 1\.9 MiB\/s: for [34]\.\d s of 4\.\d s the limit of 1\.9 MiB\/s held it back\.$/,
	},
	{
		name: 'one connection that holds up the end',
		bytes: 16 * mb,
		world: { script: slowTail },
		spec: { connections: 4, minSplitBytes: 4 * mb },
		verdict: 'slow-source',
		text: /^One slow connection held up the end/,
	},
	{
		name: 'a file that is over at once',
		bytes: 200_000,
		world: {},
		verdict: 'too-short-to-tell',
		text: /too short to tell/,
	},
]

describe('the verdict', () => {
	test.each(kinds)('$name: $verdict', async ({ bytes, world: options, spec, disk, verdict, text }) => {
		const file = version(bytes)
		const world = new World({ ...options, version: file })
		const download = runToEnd(world, { connections: 'auto', ...spec }, world.destination(disk))
		const result = expectBytes(await download, file)
		expect(result.verdict).toEqual({ bottleneck: verdict, text: expect.stringMatching(text) })
	})

	test('is no word about one connection where one was all that was wanted', async () => {
		const file = version(12 * mb)
		const world = new World({ version: file, bytesPerSecond: 100 * mb, lineBytesPerSecond: 400_000 })
		const { verdict, explanation, connectionsPeak } = expectBytes(await runToEnd(world, { connections: 'auto' }), file)
		expect(connectionsPeak).toBeGreaterThan(1)
		expect(verdict.bottleneck).toBe('line')
		expect(explanation?.heldUpByOneLaneMs).toBeLessThan(1000)
	})

	test('of a given number of connections claims nothing about those that were not tried', async () => {
		const file = version(8 * mb)
		const result = expectBytes(await runToEnd(new World({ version: file }), { connections: 4 }), file)
		expect(result.verdict).toEqual({
			bottleneck: 'too-short-to-tell',
			text: expect.stringMatching(
				/^4 connections brought 3\.\d MiB\/s; the number was given, so no other was tried\.$/,
			),
		})
	})
})
