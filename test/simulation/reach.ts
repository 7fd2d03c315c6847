import { type SpoilName, spoilNames } from './spoils.ts'

/** What a seed may come by besides spoilt answers. A capability that is added to the engine is added here. */
const events = [
	// Server
	'new version',
	'other node',
	'slow connection',
	'cap',
	'expired link',
	'wrong digest',
	'mirror of another file',
	'mirror of wrong bytes',
	'dead mirror',
	'gone',
	// Network
	'outage',
	// Disk
	'failed call',
	'failed sync',
	'full disk',
	'short write',
	'stranger in the way',
	// Process and user
	'kill',
	'power cut',
	'two processes',
	'two downloads',
	'pause',
	'cancel',
	'set connections',
	'rate limit',
	'set rate limit',
	// Engine
	'several lanes',
	'three segments',
	'steal',
	'share of the open response',
	'retry',
	'stalled lane',
	're-opened lane',
	'hedge',
	'refresh',
	'restart',
	'mirror',
	'mirror change',
	'mirror left out',
	'blame',
	'resume',
	'resume after a power cut',
	'locked',
	'checksum refused',
	'repair',
	'stream',
	'journal',
	'small file',
	'done under faults',
] as const

export type ReachPoint = (typeof events)[number] | SpoilName

export const reachPoints: readonly ReachPoint[] = [...events, ...spoilNames]

/** What one seed came by. */
export class Reached {
	readonly points: Set<ReachPoint> = new Set()

	note(point: ReachPoint): void {
		this.points.add(point)
	}
}
