import type { ErrorCode } from '../base/errors.ts'

/** One source at the moment when a lane is to be given to one of them. */
export interface SourceFacts {
	/** Lanes that it has already. */
	readonly lanes: number
	/** What all of them bring together, or what it has shown so far; undefined while nothing was measured. */
	readonly bytesPerSecond: number | undefined
	/** Whether its host takes a further connection. */
	readonly mayOpen: boolean
}

/**
 * Which source the next lane goes to. One without any comes first, in the order given, so that each is measured. Then it is
 * the one whose lanes bring the most each: where a server limits each connection that stays so however many there are, and
 * where its line is full it falls with every one of them, until another source is the better.
 *
 * Undefined where no host takes a further connection.
 */
export function sourceForNextLane<Source extends SourceFacts>(sources: readonly Source[]): Source | undefined {
	let best: Source | undefined
	for (const source of sources) {
		if (source.mayOpen && (best === undefined || goesBefore(source, best))) best = source
	}
	return best
}

function goesBefore(source: SourceFacts, best: SourceFacts): boolean {
	if (source.lanes === 0 || best.lanes === 0) return source.lanes < best.lanes
	const gain = bytesPerLane(source) - bytesPerLane(best)
	return gain === 0 ? source.lanes < best.lanes : gain > 0
}

const bytesPerLane = ({ lanes, bytesPerSecond = 0 }: SourceFacts): number => bytesPerSecond / lanes

/** Comparing a source with what is there fetches something twice: all comparisons together are at most a part of what is left. */
const leastLeftForEachCompared = 4

/** How many other sources are worth a comparison of `sampleBytes` each, where a download may have so many lanes. */
export function worthComparing(bytesLeft: number, sampleBytes: number, mostLanes: number): number {
	// Of a source that gets no lane nothing comes.
	return Math.min(mostLanes - 1, Math.floor(bytesLeft / (leastLeftForEachCompared * sampleBytes)))
}

/** Addresses of one host share its line and its limits: more of them bring requests, and no bytes. */
const mostOfOneHost = 4

/** Of each host the first few, in the order given. */
export function fewOfEachHost<Address extends { readonly url: URL }>(
	addresses: readonly Address[],
): readonly Address[] {
	const counts = new Map<string, number>()
	return addresses.filter(({ url: { host } }) => {
		const count = (counts.get(host) ?? 0) + 1
		counts.set(host, count)
		return count <= mostOfOneHost
	})
}

/** Failures in a row without a new byte that are made good at a source which another can stand in for. */
export const retriesOfExpendable = 2

/**
 * Whether a failure is of the source that was asked, so that another may do better. What is of our disk, of the target or of
 * the caller would be so with any of them.
 */
export function isOfTheSource(code: ErrorCode): boolean {
	return ofTheSource[code]
}

const ofTheSource: Readonly<Record<ErrorCode, boolean>> = {
	E_INTERNAL: false,
	E_USAGE: false,
	E_NETWORK: true,
	E_HTTP_STATUS: true,
	E_TIMEOUT: true,
	E_STALLED: true,
	E_CHANGED: true,
	E_CHECKSUM: true,
	E_NO_SPACE: false,
	E_IO: false,
	E_EXISTS: false,
	E_LOCKED: false,
	E_UNSAFE_NAME: false,
	E_TLS: true,
	E_AUTH: true,
	E_PROTOCOL: true,
	E_TRUNCATED: true,
	E_TOO_LARGE: false,
	E_REDIRECT: true,
	E_ABORTED: false,
}
