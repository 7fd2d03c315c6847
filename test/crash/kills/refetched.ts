import { RangeSet } from '../../../src/model/range-set.ts'
import type { RequestRecord } from '../../support/origin.ts'

/** The law: for each connection and kill 64 KiB and 300 ms of its rate. */
export function allowedLossBytes(bytesPerSecond: number): number {
	return 64 * 1024 + 0.3 * bytesPerSecond
}

/**
 * What each kill cost each connection: the bytes that the origin had sent it, and sent again to a later run.
 *
 * Counted by the origin, so that what was under way in sockets when the process died is part of the loss.
 *
 * @param runs the requests of each run of the command, in order; all but the last were killed
 */
export function refetchedBytes(runs: readonly (readonly RequestRecord[])[]): number[] {
	const sentLater = new RangeSet()
	const losses: number[] = []
	for (const [index, requests] of [...runs].reverse().entries()) {
		const connections = new Map<number, RangeSet>()
		for (const request of requests) addSent(setOf(connections, request.connection), request)
		if (index > 0) losses.unshift(...[...connections.values()].map(sent => sharedBytes(sent, sentLater)))
		for (const request of requests) addSent(sentLater, request)
	}
	return losses
}

function setOf(connections: Map<number, RangeSet>, connection: number): RangeSet {
	const known = connections.get(connection) ?? new RangeSet()
	connections.set(connection, known)
	return known
}

function addSent(set: RangeSet, { range, status, bytesSent }: RequestRecord): void {
	const start = status === 206 && range !== undefined && 'start' in range ? range.start : 0
	if (bytesSent > 0) set.add({ start, end: start + bytesSent })
}

function sharedBytes(a: RangeSet, b: RangeSet): number {
	const either = new RangeSet([...a.ranges, ...b.ranges])
	return a.bytes + b.bytes - either.bytes
}
