import type { LookupAddress } from 'node:dns'
import { pseudoRandom } from '../../support/body.ts'
import { certificates } from '../../support/certificates.ts'
import { type Origin, startOrigin } from '../../support/origin.ts'
import { type Call, type CallFault, whileCallFails } from './failing-calls.ts'
import { type PeerFault, peerFaults, startFailingProxy } from './failing-proxy.ts'
import { inLanes } from './in-lanes.ts'
import { downloadOnce, type OneDownload } from './one-download.ts'

export interface NetworkFailureOptions {
	/** One failure at each so many calls or events; 1 is at every one. */
	readonly every: number
	/** Chooses which is the first of them. */
	readonly seed: number
}

export interface NetworkFailureFigures {
	readonly downloads: number
	/** Downloads that ended in the right bytes, the failure notwithstanding. */
	readonly right: number
	/** How many ended in a typed error: never after one failure alone. */
	readonly typedErrors: number
	readonly byKind: Readonly<Record<string, number>>
}

const body = pseudoRandom(96 * 1024)
const lanes = 8

const codesOf: Readonly<Record<Call, readonly string[]>> = {
	connect: [
		'ECONNREFUSED',
		'ECONNRESET',
		'ETIMEDOUT',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EADDRNOTAVAIL',
		'EMFILE',
		'ENOBUFS',
	],
	write: ['EPIPE', 'ECONNRESET', 'ENOBUFS'],
	readStart: ['ENOTCONN', 'ECONNRESET'],
}

/**
 * Fails the k-th network call and the k-th event of a download, for each k and each error. One failure must cost nothing
 * but a retry; one that stays may end the download, with a typed error. Throws where it ends otherwise, hangs, or leaves
 * a block, a lease or a socket behind.
 */
export async function proveNetworkFailures(options: NetworkFailureOptions): Promise<NetworkFailureFigures> {
	const tally = new Tally()
	await failCalls(options, tally)
	await failLookups(tally)
	for (const secure of [false, true]) await failPeers(options, secure, tally)
	return tally
}

class Tally implements NetworkFailureFigures {
	downloads = 0
	right = 0
	typedErrors = 0
	readonly byKind: Record<string, number> = {}

	/** Downloads, and counts how it ended. `stays`: a failure that goes on may end it. */
	async note(kind: string, where: string, stays: boolean, one: Omit<OneDownload, 'truth'>): Promise<void> {
		const outcome = await downloadOnce({ ...one, truth: body }).catch(error => {
			throw new Error(`${kind} ${where}: ${(error as Error).message}`, { cause: error })
		})
		if (outcome !== 'right' && !stays) throw new Error(`${kind} ${where}: one failure ended it with ${outcome}`)
		this.downloads += 1
		this.byKind[kind] = (this.byKind[kind] ?? 0) + 1
		if (outcome === 'right') this.right += 1
		else this.typedErrors += 1
	}
}

/** One at a time: the system fails the calls of the whole process. */
async function failCalls({ every, seed }: NetworkFailureOptions, tally: Tally): Promise<void> {
	for (const [call, codes] of Object.entries(codesOf) as [Call, readonly string[]][]) {
		const count = await withCallFault({ call, nth: Number.POSITIVE_INFINITY, code: 'EPIPE', always: false }, tally)
		for (const always of [false, true]) {
			for (const code of codes) {
				for (let nth = 1 + (seed % every); nth <= count + 1; nth += every)
					await withCallFault({ call, nth, code, always }, tally)
			}
		}
	}
}

async function withCallFault(fault: CallFault, tally: Tally): Promise<number> {
	const { call, nth, code, always } = fault
	await using origin = await startOrigin({ body })
	const kind = Number.isFinite(nth) ? `${call} ${code}${always ? ' from then on' : ''}` : 'no failure'
	const calls = await whileCallFails(fault, () =>
		tally.note(kind, `at ${nth}`, always, { url: origin.url(), retries: 2 }),
	)
	await emptied(origin, `${kind} at ${nth}`)
	return calls
}

/** The first look-up is the only one, unless a connection fails. */
async function failLookups(tally: Tally): Promise<void> {
	await using origin = await startOrigin({ body })
	for (const code of ['EAI_AGAIN', 'ENOTFOUND', 'ESERVFAIL']) {
		for (const always of [false, true]) {
			let asked = 0
			const lookup = async (): Promise<readonly LookupAddress[]> => {
				asked += 1
				if (asked === 1 || always) throw Object.assign(new Error(code), { code })
				return [{ address: '127.0.0.1', family: 4 }]
			}
			const url = origin.url().replace('127.0.0.1', 'origin.test')
			await tally.note(`look-up ${code}${always ? ' from then on' : ''}`, 'at 1', always, { url, lookup, retries: 2 })
		}
	}
	await emptied(origin, 'look-ups')
}

async function failPeers({ every, seed }: NetworkFailureOptions, secure: boolean, tally: Tally): Promise<void> {
	const keys = await certificates()
	await using origin = await startOrigin({ body, ...(secure && { tls: keys }) })
	const count = await withPeerFault(origin, 'hang', Number.POSITIVE_INFINITY, keys.ca, tally)
	const places = peerFaults.flatMap(fault => {
		const nths = Array.from({ length: Math.ceil(count / every) }, (_, index) => 1 + (seed % every) + index * every)
		return nths.map(nth => ({ fault, nth }))
	})
	await inLanes(lanes, places, async ({ fault, nth }) => {
		await withPeerFault(origin, fault, nth, keys.ca, tally)
	})
	await emptied(origin, 'proxies')
}

async function withPeerFault(origin: Origin, fault: PeerFault, nth: number, ca: string, tally: Tally): Promise<number> {
	await using proxy = await startFailingProxy({ upstreamPort: origin.port, nth, fault })
	const url = origin.url().replace(`:${origin.port}`, `:${proxy.port}`)
	const kind = Number.isFinite(nth) ? `${fault} over ${url.startsWith('https') ? 'TLS' : 'TCP'}` : 'no failure'
	await tally.note(kind, `at event ${nth}`, false, { url, tls: { ca } })
	return proxy.events
}

/** A server learns of the end of a connection a little later than the client. */
async function emptied(origin: Origin, what: string): Promise<void> {
	for (let turn = 0; origin.connectionsOpen > 0; turn++) {
		if (turn > 100_000) throw new Error(`${what}: ${origin.connectionsOpen} connections were left open`)
		await new Promise(resolve => setImmediate(resolve))
	}
}
