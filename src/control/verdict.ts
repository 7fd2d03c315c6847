import { formatBytes } from '../base/bytes.ts'
import type { ClimbFacts } from './connections.ts'
import type { Doubling } from './doubling.ts'

/** What held a download. */
export interface Verdict {
	readonly bottleneck: Bottleneck
	/** The same for a person, with the figures it was concluded from. */
	readonly text: string
}

export type Bottleneck =
	| 'line'
	| 'server-per-connection'
	| 'server'
	| 'slow-source'
	| 'disk'
	| 'cpu'
	| 'limit'
	| 'too-short-to-tell'

/** What the engine has measured of a download from the first request to the last byte. */
export interface VerdictFacts {
	readonly durationMs: number
	/** Body bytes off the network. */
	readonly bytesReceived: number
	readonly connectionsPeak: number
	/** The climb of `auto`; `fixed` where the number was given, `no-ranges` where the server sends no parts. */
	readonly climb: ClimbFacts | 'fixed' | 'no-ranges'
	/** Of all downloads together, as it was at the end. */
	readonly limitBytesPerSecond: number | undefined
	/** While a connection had to wait for the limit. */
	readonly heldByLimitMs: number
	readonly requests: number
	/** Requests that the server turned down: 429, 5xx, connections refused or reset before the head. */
	readonly refusals: number
	/** While no lane received, because each waited for a head or for its next attempt. */
	readonly waitedForServerMs: number
	/** While all lanes were held back by the sink. */
	readonly waitedForDiskMs: number
	/** User and system time of this process. */
	readonly cpuMs: number
	/** While one lane alone was left, and there was nothing to do for others that were wanted. */
	readonly heldUpByOneLaneMs: number
}

// Below half a second the handshakes and slow start are most of it.
const leastDurationMs = 500
const serverWaitShare = 0.5
const refusalShare = 0.5
const limitShare = 0.5
// A sink that holds lanes back for a third of the time is fuller than the network.
const diskShare = 0.33
// One core; the event loop has no second one.
const cpuShare = 0.9
const heldUpShare = 0.2
const leastHeldUpMs = 1000

/**
 * Concludes what a download was held by, with the figures that say so.
 *
 * What was measured directly comes before what the climb suggests: a full disk looks like a filled line to it.
 */
export function concludeVerdict(facts: VerdictFacts): Verdict {
	if (facts.durationMs < leastDurationMs) {
		return {
			bottleneck: 'too-short-to-tell',
			text: `It took ${seconds(facts.durationMs)}, too short to tell what held it.`,
		}
	}
	return byServer(facts) ?? byLimit(facts) ?? byDisk(facts) ?? byCpu(facts) ?? bySource(facts) ?? byClimb(facts)
}

function byServer(facts: VerdictFacts): Verdict | undefined {
	if (facts.waitedForServerMs > serverWaitShare * facts.durationMs) {
		const text = `For ${seconds(facts.waitedForServerMs)} of ${seconds(facts.durationMs)} nothing came: every connection waited for the server to answer.`
		return { bottleneck: 'server', text }
	}
	if (facts.refusals <= refusalShare * facts.requests) return undefined
	return { bottleneck: 'server', text: `The server turned down ${facts.refusals} of ${facts.requests} requests.` }
}

function byLimit(facts: VerdictFacts): Verdict | undefined {
	const { limitBytesPerSecond: limit, heldByLimitMs, durationMs } = facts
	if (limit === undefined || heldByLimitMs < limitShare * durationMs) return undefined
	const text = `It came at ${rate(goodput(facts))}: for ${seconds(heldByLimitMs)} of ${seconds(durationMs)} the limit of ${rate(limit)} held it back.`
	return { bottleneck: 'limit', text }
}

function byDisk(facts: VerdictFacts): Verdict | undefined {
	if (facts.waitedForDiskMs < diskShare * facts.durationMs) return undefined
	const text = `The disk took ${rate(goodput(facts))}; every connection was held back for it for ${seconds(facts.waitedForDiskMs)} of ${seconds(facts.durationMs)}.`
	return { bottleneck: 'disk', text }
}

function byCpu(facts: VerdictFacts): Verdict | undefined {
	if (facts.cpuMs < cpuShare * facts.durationMs) return undefined
	const text = `skein itself was the slowest part: ${seconds(facts.cpuMs)} of processor time in ${seconds(facts.durationMs)}, at ${rate(goodput(facts))}.`
	return { bottleneck: 'cpu', text }
}

function bySource(facts: VerdictFacts): Verdict | undefined {
	if (facts.heldUpByOneLaneMs < Math.max(leastHeldUpMs, heldUpShare * facts.durationMs)) return undefined
	const text = `One slow connection held up the end for ${seconds(facts.heldUpByOneLaneMs)} of ${seconds(facts.durationMs)}.`
	return { bottleneck: 'slow-source', text }
}

function byClimb(facts: VerdictFacts): Verdict {
	const { climb } = facts
	if (climb === 'no-ranges') return untold(facts, 'the server sends no parts, so more were not tried')
	if (climb === 'fixed') return untold(facts, 'the number was given, so no other was tried')
	const { lastDoubling: last, heldBy } = climb
	if (last !== undefined && !last.paid) return filledLine(last)
	if (heldBy === 'host') {
		return {
			bottleneck: 'server',
			text: `${connections(facts)} brought ${rate(goodput(facts))}; more were refused or never began.`,
		}
	}
	if (last === undefined) return untold(facts, 'there was no time or no leave to try more')
	return risingGoodput(last, heldBy)
}

function filledLine(last: Doubling): Verdict {
	const filled = `${count(last.from)} filled the line at ${rate(last.beforeBytesPerSecond)}`
	return {
		bottleneck: 'line',
		text: `${filled}; ${last.to} brought ${rate(last.afterBytesPerSecond)}, too little to keep them.`,
	}
}

function risingGoodput(last: Doubling, heldBy: ClimbFacts['heldBy']): Verdict {
	const rise = `${count(last.from)} brought ${rate(last.beforeBytesPerSecond)} and ${last.to} ${rate(last.afterBytesPerSecond)}`
	if (heldBy === 'no-gain') {
		return { bottleneck: 'line', text: `The line filled between ${last.from} and ${last.to} connections: ${rise}.` }
	}
	const end = heldBy === 'ceiling' ? 'more were not allowed' : 'more had too little left to do'
	return { bottleneck: 'server-per-connection', text: `The server limits each connection: ${rise}; ${end}.` }
}

/** The closed list has no other word for "not measured". */
function untold(facts: VerdictFacts, why: string): Verdict {
	return { bottleneck: 'too-short-to-tell', text: `${connections(facts)} brought ${rate(goodput(facts))}; ${why}.` }
}

function goodput(facts: VerdictFacts): number {
	return (facts.bytesReceived * 1000) / facts.durationMs
}

const connections = (facts: VerdictFacts): string => count(facts.connectionsPeak)
const count = (lanes: number): string => (lanes === 1 ? '1 connection' : `${lanes} connections`)
const rate = (bytesPerSecond: number): string => `${formatBytes(Math.round(bytesPerSecond))}/s`
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
