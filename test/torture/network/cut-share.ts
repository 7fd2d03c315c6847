import { systemClock } from '../../../src/api/system.ts'
import { neverCancelled } from '../../../src/base/abort.ts'
import { isDownloadError } from '../../../src/base/errors.ts'
import type { BodyEnd, Transport } from '../../../src/transport/contract.ts'
import { createTransport } from '../../../src/transport/transport.ts'
import { certificates } from '../../support/certificates.ts'
import { get } from '../../transport/asking.ts'
import { type Cut, type CuttingServer, startCuttingServer } from '../../transport/cutting-server.ts'
import { type CutAnswer, cutAnswers } from './cut-answers.ts'
import { Following } from './following.ts'
import { inLanes } from './in-lanes.ts'

export interface TruncationOptions {
	/** One cut each so many bytes, besides those at the boundaries; 1 is every position. */
	readonly every: number
	/** Chooses where the first of them lies. */
	readonly seed: number
}

export interface TruncationFigures {
	readonly cases: number
	/** A FIN in a body without a length: a legal end, and said to be unverified. */
	readonly unverified: number
	/** Cases in which every byte sent before the cut was delivered: a reset may overtake some. */
	readonly reachedTheCut: number
	readonly byKind: Readonly<Record<string, number>>
}

/** Every `of`-th position, from the `index`-th on. */
export interface Share {
	readonly index: number
	readonly of: number
}

/** One answer, one way to cut it, over TCP or TLS. */
interface Kind {
	readonly answer: CutAnswer
	readonly wire: number
	readonly cut: Cut
	readonly secure: boolean
}

/** What a reader saw of a cut answer. */
interface Seen {
	readonly outcome: BodyEnd | string
	readonly following: Following
}

/** Enough to keep this thread and the server's at work. */
const lanes = 32

/** Cuts each answer at the positions of `share`. Throws where one case ends otherwise than it should. */
export async function cutShare(options: TruncationOptions, share: Share): Promise<TruncationFigures> {
	const byKind: Record<string, number> = {}
	const tally = { unverified: 0, reachedTheCut: 0 }
	for (const secure of [false, true]) {
		await using bench = await openBench(secure)
		for (const kind of kindsOver(secure)) {
			const positions = positionsOf(kind, options).filter((_, index) => index % share.of === share.index)
			await inLanes(lanes, positions, async position => {
				const { outcome, following } = await receiveCut(bench, kind, position)
				judge(kind, position, outcome, following)
				if (typeof outcome !== 'string') tally.unverified += 1
				if (following.received === kind.answer.bodyBefore(position)) tally.reachedTheCut += 1
			})
			byKind[nameOf(kind)] = positions.length
		}
	}
	return { cases: Object.values(byKind).reduce((sum, cases) => sum + cases, 0), ...tally, byKind }
}

interface Bench extends AsyncDisposable {
	readonly transport: Transport
	readonly server: CuttingServer
}

async function openBench(secure: boolean): Promise<Bench> {
	const keys = await certificates()
	const wires = cutAnswers.map(({ wire }) => wire)
	const server = await startCuttingServer(wires, secure ? keys : undefined)
	const transport = createTransport({ clock: systemClock, tls: { ca: keys.ca } })
	return {
		transport,
		server,
		[Symbol.asyncDispose]: async () => {
			await transport.close()
			await server[Symbol.asyncDispose]()
		},
	}
}

/** A FIN without close_notify is another one only under TLS. */
function kindsOver(secure: boolean): Kind[] {
	const cuts: readonly Cut[] = secure ? ['fin', 'bare-fin', 'reset'] : ['fin', 'reset']
	return cutAnswers.flatMap((answer, wire) => cuts.map(cut => ({ answer, wire, cut, secure })))
}

/**
 * In ascending order, none twice; never the whole. TLS does not know where a head or a chunk ends, and its handshakes are
 * what takes the time: of the boundaries it gets one in five.
 */
function positionsOf({ answer, secure }: Kind, { every, seed }: TruncationOptions): number[] {
	const positions = new Set(answer.boundaries.filter((_, index) => !secure || index % 5 === 0))
	for (let at = seed % every; at < answer.wire.length; at += every) positions.add(at)
	return [...positions].sort((a, b) => a - b)
}

async function receiveCut({ transport, server }: Bench, kind: Kind, position: number): Promise<Seen> {
	const following = new Following(kind.answer.body)
	try {
		const request = get(server.origin + server.path(kind.wire, position, kind.cut))
		const exchange = await transport.send(request, neverCancelled)
		return { outcome: await exchange.receive(following), following }
	} catch (error) {
		if (!isDownloadError(error)) throw error
		return { outcome: error.code, following }
	}
}

function judge(kind: Kind, position: number, outcome: BodyEnd | string, following: Following): void {
	const wanted = wantedOutcome(kind, position)
	const exact = kind.cut === 'reset' || following.received === kind.answer.bodyBefore(position)
	if (JSON.stringify(outcome) === JSON.stringify(wanted) && following.right && exact) return
	const seen = `${JSON.stringify(outcome)} and ${following.received} ${following.right ? 'right' : 'WRONG'} bytes`
	throw new Error(`${nameOf(kind)} at ${position}: ${seen}, where ${JSON.stringify(wanted)} was due`)
}

function wantedOutcome({ answer, cut }: Kind, position: number): BodyEnd | string {
	if (cut === 'reset' || position < answer.headBytes) return 'E_NETWORK'
	if (answer.framing !== 'close') return 'E_TRUNCATED'
	return { framing: 'close', bytes: position - answer.headBytes, lengthVerified: false }
}

function nameOf({ answer, cut, secure }: Kind): string {
	return `${answer.framing} by ${cut} over ${secure ? 'TLS' : 'TCP'}`
}
