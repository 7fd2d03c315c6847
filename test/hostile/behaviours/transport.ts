import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { sha256 } from '../../support/body.ts'
import { certificates, type KeyPair } from '../../support/certificates.ts'
import { stallFirst } from '../../support/origin/scripts.ts'
import { startOrigin } from '../../support/origin.ts'
import { startRawServer } from '../../support/raw-server.ts'
import { startCli } from '../../support/run-cli.ts'
import { seeded } from '../../support/seeded.ts'
import { toRanges } from '../answers.ts'
import { type Behaviour, type Bench, body, type Case, type Outcome } from '../catalogue.ts'
import { withNameServer, withSilentAddress } from '../resolving.ts'

const bytes = body.length

/** E. The network between. */
export const transport: readonly Behaviour[] = [
	{
		number: 69,
		behaviour: 'Connections end anywhere, by FIN or RST',
		skein: 'Goes on at the byte where it broke.',
		peers: 'curl and easydl stop; ipull and wget2 hang.',
		cases: (['fin', 'rst'] as const).map(by => ({
			when: by,
			origin: () => {
				const random = seeded(by.length + 68)
				return { answer: () => ({ cut: { at: Math.floor(random() * 200_000) + 1, by } }) }
			},
			ends: 'right' as const,
			also: ({ result }) => expect(result?.bytesReceived).toBeLessThan(bytes * 1.5),
		})) satisfies readonly Case[],
	},
	{
		number: 70,
		behaviour: 'A connection that stays open and sends nothing more',
		skein: 'Gives it up after the stall timeout, sooner while others receive, and asks for the rest on a new one.',
		peers: 'axel #391, ipull #14 wait for ever; aria2 has no limit by default.',
		cases: [
			{
				when: 'one of four',
				origin: () => ({ answer: (_, n) => (n === 1 ? { stallAt: 30_000 } : undefined) }),
				options: { stallTimeoutMs: 500 },
				ends: 'right',
			},
			{
				when: 'the only one',
				origin: () => ({ answer: stallFirst(1, 300_000) }),
				options: { stallTimeoutMs: 500, connections: 1 },
				ends: 'right',
			},
			{
				when: 'all of them, for ever',
				origin: () => ({ answer: stallFirst(1000, 0) }),
				options: { stallTimeoutMs: 300, retries: 1 },
				ends: 'E_STALLED',
			},
		],
	},
	{
		number: 71,
		behaviour: 'A connection that trickles',
		skein: 'Others steal its bytes; the last of them are fetched by two.',
		peers: 'httpdownloader #282.',
		cases: [
			{
				origin: () => ({
					bytesPerSecond: 1e6,
					answer: (_, n) => (n === 2 ? { slowedBy: 200 } : undefined),
				}),
				ends: 'right',
				// The slow one alone would need fifty seconds for its quarter.
				also: ({ result }) => expect(result?.durationMs).toBeLessThan(10_000),
			},
		],
	},
	{
		number: 72,
		behaviour: 'Heads that never come or never end; a handshake that never ends',
		skein: 'Bounds the connect and the wait for a whole head, each by its own time.',
		cases: [
			{
				when: 'no head',
				origin: () => ({ answer: () => ({ hang: true }) }),
				options: { stallTimeoutMs: 300, retries: 1 },
				ends: 'E_STALLED',
			},
			{
				when: 'half a head',
				origin: () => ({ answer: () => ({ raw: 'HTTP/1.1 200 OK\r\nX-A: ', close: false }) }),
				options: { stallTimeoutMs: 300, retries: 0 },
				ends: 'E_STALLED',
			},
			{
				when: 'a byte of a head every 20 ms',
				origin: () => ({
					answer: () => ({
						raw: `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(2000)}`,
						bytesPerSecond: 50,
						close: false,
					}),
				}),
				options: { stallTimeoutMs: 500, retries: 0 },
				ends: 'E_STALLED',
			},
			{
				when: 'no handshake',
				act: async bench => {
					await using silent = await startRawServer(() => {})
					return await bench.download(
						{ connectTimeoutMs: 300, retries: 0 },
						`https://127.0.0.1:${silent.port}/file.bin`,
					)
				},
				ends: 'E_TIMEOUT',
			},
		],
	},
	{
		number: 73,
		behaviour: 'The name server fails or does not know the name',
		skein: 'Asks again as for any network failure, then says which name; addresses that worked are kept.',
		cases: [
			{
				when: 'always',
				act: bench => bench.download({ retries: 0 }, 'http://nobody.invalid/file.bin'),
				ends: 'E_NETWORK',
				also: ({ error }) => expect(error?.message).toContain('nobody.invalid'),
			},
			...['EAI_AGAIN', 'ENOTFOUND'].map((code): Case => {
				let asked = 0
				return {
					when: `${code} twice, then the address`,
					alone: true,
					act: bench =>
						withNameServer(
							async () => {
								asked += 1
								if (asked <= 2) throw Object.assign(new Error(code), { code })
								return [{ address: '127.0.0.1', family: 4 }]
							},
							() => bench.download({}, `http://somebody.test:${bench.origin.port}/file.bin`),
						),
					ends: 'right',
					// Once it was found it is not asked for again, by however many connections.
					also: ({ events }) => {
						expect(asked).toBe(3)
						expect(events.filter(({ event }) => event === 'retry')).toHaveLength(2)
					},
				}
			}),
		],
	},
	{
		number: 74,
		behaviour: 'The first address of a name does not answer',
		skein: 'Races the addresses in steps of 250 ms, gives none up, and stays with the winner.',
		peers: 'Node gives each address 250 ms and abandons it.',
		cases: [
			{
				when: 'only IPv4 listens',
				act: bench => bench.download({}, `http://localhost:${bench.origin.port}/file.bin`),
				ends: 'right',
			},
			{
				when: 'the first swallows every packet',
				alone: true,
				act: bench =>
					withSilentAddress(bench.origin.port, silent =>
						withNameServer(
							async () => [silent, '127.0.0.1'].map(address => ({ address, family: 4 })),
							() => bench.download({ retries: 0 }, `http://somebody.test:${bench.origin.port}/file.bin`),
						),
					),
				ends: 'right',
				// One step of 250 ms, once for all connections, and never the connect timeout of two seconds.
				also: ({ result }) => expect(result?.durationMs).toBeLessThan(1500),
			},
			{
				when: 'the first refuses',
				alone: true,
				act: bench =>
					withNameServer(
						async () => ['127.0.0.4', '127.0.0.1'].map(address => ({ address, family: 4 })),
						() => bench.download({ retries: 0 }, `http://somebody.test:${bench.origin.port}/file.bin`),
					),
				ends: 'right',
				also: ({ result }) => expect(result?.connectionsPeak).toBeGreaterThan(1),
			},
		],
	},
	{
		number: 75,
		behaviour: 'A certificate that is expired, for another name, or vouched for by nobody',
		skein: 'E_TLS before a byte of the request is sent, and no second try.',
		peers: 'aria2 #2073 mixed up sessions.',
		cases: [
			badCertificate('expired', ({ expired }) => expired),
			badCertificate('another name', ({ wrongName }) => wrongName),
			badCertificate('self-signed', ({ selfSigned }) => selfSigned),
		],
	},
	{
		number: 76,
		behaviour: 'Bits that flip on the way',
		skein: 'Only a digest can tell, and it does: E_CHECKSUM, and no file.',
		cases: [
			{
				origin: () => ({
					answer: toRanges(bytes, ({ start, end }) => {
						const flipped = Buffer.from(body.subarray(start, end))
						flipped[100] = (flipped[100] ?? 0) ^ 1
						return { body: flipped }
					}),
				}),
				options: { checksum: `sha256=${sha256(body)}` },
				ends: 'E_CHECKSUM',
			},
		],
	},
	{
		number: 77,
		behaviour: 'The own address changes, and the signed link was for the old one',
		skein: 'As 36: broken connections are made anew, and the link is found again from the first URL.',
		cases: [
			{
				origin: () => {
					let moved = false
					return {
						answer: ({ path }, n) => {
							moved ||= n >= 6
							if (path === '/file.bin') return { redirect: moved ? '/file.bin?for=new' : '/file.bin?for=old' }
							if (moved && path.endsWith('old')) return { status: 403 }
							return { cut: { at: 100_000, by: 'rst' } }
						},
					}
				},
				ends: 'right',
			},
		],
	},
	{
		number: 78,
		behaviour: 'The machine sleeps; meanwhile the server closes every connection',
		skein:
			'Notices by its clocks that it did not run, concludes nothing from that time, gives up within two seconds the connections that died, and counts no failure.',
		peers: 'TwitchDownloader #563, Maxel #24.',
		cases: [
			{ when: 'a stopped process', act: sleepThrough, origin: () => ({ bytesPerSecond: 250_000 }), ends: 'right' },
		],
	},
	{
		number: 79,
		behaviour: 'The wall clock jumps',
		skein: 'Reads the monotonic one for every wait and rate.',
		cases: [86_400_000, -86_400_000 * 365 * 20].map(byMs => ({
			when: byMs > 0 ? 'a day ahead' : 'twenty years back',
			alone: true as const,
			act: bench => withClockMoved(bench, byMs),
			ends: 'right' as const,
			// A day ahead looks like a sleep, and costs no connection that lives.
			also: ({ events, result }) => {
				expect(events.filter(({ event }) => event === 'retry')).toEqual([])
				expect(result?.bytesReceived).toBeLessThan(bytes * 1.3)
			},
		})) satisfies readonly Case[],
	},
]

async function withClockMoved(bench: Bench, byMs: number): Promise<Outcome> {
	const { outcome } = bench.start()
	while (bench.origin.bytesSent < 200_000) await setTimeout(5)
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs })
	try {
		return await outcome
	} finally {
		vi.useRealTimers()
	}
}

function badCertificate(when: string, choose: (made: Awaited<ReturnType<typeof certificates>>) => KeyPair): Case {
	return {
		when,
		need: 'openssl',
		origin: async () => ({ tls: choose(await certificates()) }),
		client: async () => ({ ca: (await certificates()).ca }),
		ends: 'E_TLS',
		also: (_, { origin }) => expect(origin.requests).toEqual([]),
	}
}

/** SIGSTOP is all that a test can do of a sleep: the monotonic clock goes on. `test/engine/sleep.test.ts` has both kinds. */
async function sleepThrough({ origin, folder }: Bench): Promise<Outcome> {
	const args = [origin.url(), '-d', folder, '-x', '4', '-q', '--stall-timeout', '1', '--retries', '0']
	await using cli = startCli(args)
	while (origin.bytesSent < 100_000) await setTimeout(10)
	cli.child.kill('SIGSTOP')
	await origin.close()
	await using again = await startOrigin({ body, port: origin.port })
	await setTimeout(1500)
	cli.child.kill('SIGCONT')
	const { code, stderr } = await cli.result
	expect(code, stderr).toBe(0)
	expect((await readFile(join(folder, 'file.bin'))).equals(body)).toBe(true)
	expect(again.requests).not.toHaveLength(0)
	return { ending: 'right', events: [] }
}
