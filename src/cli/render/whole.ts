import type { Snapshot } from '../../api/client.ts'
import { type Fact, formatProgress } from './facts.ts'
import { formatCount, formatSpeed, formatTimeLeft } from './figures.ts'
import { joinFacts } from './line.ts'
import type { Paint } from './paint.ts'

/** All files of a run together. */
export interface WholeView {
	readonly files: number
	readonly done: number
	readonly failed: number
	readonly bytesDone: number
	/** Null while a file has not said how large it is. */
	readonly bytesTotal: number | null
	readonly bytesPerSecond: number
	readonly connections: number
}

/** What has ended so far. */
export interface Tally {
	readonly files: number
	readonly done: number
	readonly failed: number
	readonly bytes: number
}

/** Adds what is under way to what has ended. The size of the whole is known once no file waits for its turn. */
export function wholeOf(tally: Tally, running: readonly Snapshot[]): WholeView {
	const waiting = tally.files - tally.done - tally.failed - running.length
	return {
		files: tally.files,
		done: tally.done,
		failed: tally.failed,
		bytesDone: tally.bytes + sum(running, snapshot => snapshot.bytesDone),
		bytesTotal:
			waiting > 0 || running.some(({ bytesTotal }) => bytesTotal === null)
				? null
				: tally.bytes + sum(running, snapshot => snapshot.bytesTotal ?? 0),
		bytesPerSecond: sum(running, snapshot => snapshot.bytesPerSecond),
		connections: sum(running, snapshot => snapshot.connections),
	}
}

export function drawWhole(whole: WholeView, columns: number, paint: Paint): string {
	const failed = whole.failed === 0 ? '' : `, ${whole.failed} failed`
	const line = joinFacts(`${whole.done} of ${whole.files} done${failed}`, factsOfWhole(whole), columns, columns)
	return (whole.failed === 0 ? line.name : paint.bad(line.name)) + line.facts
}

function factsOfWhole({ bytesDone, bytesTotal, bytesPerSecond, connections }: WholeView): readonly Fact[] {
	const left =
		bytesTotal === null || bytesPerSecond <= 0
			? []
			: [{ text: formatTimeLeft(((bytesTotal - bytesDone) / bytesPerSecond) * 1000), rank: 2 }]
	return [
		{ text: formatProgress(bytesDone, bytesTotal), rank: 3 },
		{ text: formatSpeed(bytesPerSecond), rank: 1 },
		{ text: formatCount(connections, 'connection'), rank: 4 },
		...left,
	]
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
	items.reduce((total, item) => total + of(item), 0)
