import { formatBytes } from '../../../base/bytes.ts'
import { formatCount, formatDuration, formatSpeed } from '../../render/figures.ts'
import type { Paint } from '../../render/paint.ts'
import type { Trial } from './experiment.ts'

/** With it the widest row has 78 columns. */
const barCells = 24

export const tableHead = 'asked for      time     speed       used  bytes'

/** A row of the table; `longestMs` is as long as the bar can be. */
export function drawTrial(trial: Trial, longestMs: number, paint: Paint): string {
	const cells = Math.max(1, Math.round((trial.durationMs / longestMs) * barCells))
	return [
		paint.name(nameOf(trial.connections).padEnd(13)),
		formatDuration(trial.durationMs).padEnd(7),
		formatSpeed((trial.bytes * 1000) / trial.durationMs).padEnd(10),
		String(trial.connectionsPeak).padEnd(4),
		trial.same ? paint.good('all the same') : paint.bad('DIFFERENT   '),
		paint.full('█'.repeat(cells)),
	].join('  ')
}

/** What was seen, in three sentences. */
export function explainTrials(trials: readonly Trial[], bytesPerSecond: number): readonly string[] {
	const [one, few, auto] = trials
	if (one === undefined || few === undefined || auto === undefined) return []
	const rate = formatBytes(bytesPerSecond)
	return [
		`This server gives each connection ${rate} a second, so one connection took ${formatDuration(one.durationMs)} although the line could carry far more.`,
		`${few.connections} connections each fetched a part of the file at the same time and were ${times(one, few)} times as fast; \`auto\` began with one, added connections for as long as each step paid, and was ${times(one, auto)} times as fast with ${auto.connectionsPeak}.`,
		'Where one connection fills the line already, more bring nothing: `auto` notices that too, and stays with few.',
	]
}

export const nameOf = (connections: 'auto' | number): string =>
	connections === 'auto' ? 'auto' : formatCount(connections, 'connection')

const times = (slow: Trial, fast: Trial): string => (slow.durationMs / fast.durationMs).toFixed(1)
