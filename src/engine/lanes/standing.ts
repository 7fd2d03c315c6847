import type { Lane } from './lane.ts'

/** After so long without a byte a lane says nothing about the line any more: an outage is no cap of the host. */
const livelyMs = 2000

/** Whether bytes have come of late, so that the line and the server are up. */
export function receives(lane: Lane, nowMs: number): boolean {
	if (!lane.receiving) return false
	return lane.pausedBySink || nowMs - lane.silentSinceMs < livelyMs
}

/** Whether it receives, or has asked and not been refused. */
export function stands(lane: Lane, nowMs: number): boolean {
	if (lane.receiving) return receives(lane, nowMs)
	return lane.phase === 'asking' || lane.phase === 'receiving'
}
