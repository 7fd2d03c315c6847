import type { Snapshot } from '../../api/client.ts'
import { formatBytes } from '../../base/bytes.ts'
import { formatCount, formatSpeed, formatTimeLeft } from './figures.ts'

/** A figure beside a name. Where there is too little room the ones of the highest rank go first. */
export interface Fact {
	readonly text: string
	readonly rank: number
}

/** What there is to say of a file at one moment, in the order in which it is read. */
export function factsOf(snapshot: Snapshot, retries: number): readonly Fact[] {
	const { state, bytesDone, bytesTotal, bytesPerSecond, connections, etaMs } = snapshot
	if (state === 'probing') return [{ text: 'asking the server', rank: 1 }, ...retryFacts(retries)]
	const bytes = { text: formatProgress(bytesDone, bytesTotal), rank: 3 }
	if (state === 'paused') return [bytes, { text: 'paused', rank: 1 }]
	if (state === 'verifying') return [bytes, { text: 'verifying', rank: 1 }]
	if (state !== 'transferring') return [bytes, { text: 'finishing', rank: 1 }]
	return [
		bytes,
		{ text: formatSpeed(bytesPerSecond), rank: 1 },
		{ text: formatCount(connections, 'connection'), rank: 4 },
		...retryFacts(retries),
		...(etaMs === null ? [] : [{ text: formatTimeLeft(etaMs), rank: 2 }]),
	]
}

/** `312 of 628 MiB`, or what there is where the whole is unknown; the unit is said twice only where it differs. */
export function formatProgress(bytesDone: number, bytesTotal: number | null): string {
	const done = formatBytes(bytesDone)
	if (bytesTotal === null) return done
	const [number, unit] = done.split(' ')
	const total = formatBytes(bytesTotal)
	return `${total.endsWith(` ${unit}`) ? number : done} of ${total}`
}

const retryFacts = (retries: number): readonly Fact[] =>
	retries === 0 ? [] : [{ text: retries === 1 ? '1 retry' : `${retries} retries`, rank: 5 }]
