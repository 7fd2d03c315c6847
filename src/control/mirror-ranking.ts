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

/** Comparing a source with what is there fetches something twice: not where that is more than a part of what is left. */
const leastLeftForEachCompared = 4

/** Whether there is enough left for another source to be worth a comparison of `sampleBytes`. */
export function isWorthComparing(bytesLeft: number, sampleBytes: number): boolean {
	return bytesLeft >= leastLeftForEachCompared * sampleBytes
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
