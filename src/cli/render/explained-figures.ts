import type { DownloadResult, Explanation } from '../../api/client.ts'
import { formatBytes } from '../../base/bytes.ts'
import { formatCount, formatSpeed } from './figures.ts'

/** A figure of `--explain`: a field of the `explain` event, and what a person sees of it. */
export interface ExplainedFigure {
	readonly field: keyof Explanation
	/** As in the table; `N` stands for a number. */
	readonly label: string
	readonly meaning: string
	/** The rows of the table: none where there is nothing to be said. */
	rows(explanation: Explanation, result: DownloadResult): readonly Row[]
}

export type Row = readonly [label: string, value: string]

/** The table, the event and `docs/reference/explain.md` are made from these, in this order. */
export const explainedFigures: readonly ExplainedFigure[] = [
	{
		field: 'goodputs',
		label: 'N connections',
		meaning:
			'the best goodput that `auto` measured with each number of connections, as a list of `{connections, bytesPerSecond}` in the order in which it came to them; empty where the number was given',
		rows: ({ goodputs }) =>
			goodputs.map(({ connections, bytesPerSecond }) => [
				formatCount(connections, 'connection'),
				formatSpeed(bytesPerSecond),
			]),
	},
	{
		field: 'lastStep',
		label: 'last step',
		meaning:
			'what more connections brought when they were last tried: `{from, to, beforeBytesPerSecond, afterBytesPerSecond, paid}`; null where none were',
		rows: ({ lastStep }) => (lastStep === null ? [] : [['last step', describeStep(lastStep)]]),
	},
	{
		field: 'heldBy',
		label: 'no more because',
		meaning:
			'why `auto` took no more: `ceiling` (of our side), `host` (refused or never answered), `no-gain`, `too-little-left`; null while it was still trying, or where the number was given',
		rows: ({ heldBy }) => (heldBy === null ? [] : [['no more because', heldByTexts[heldBy]]]),
	},
	timeRow('waitedForServerMs', 'waited for server', 'while nothing came and every connection waited for the server'),
	timeRow('waitedForDiskMs', 'waited for disk', 'while every connection was held back by the disk'),
	timeRow('heldByLimitMs', 'waited for limit', 'while a connection had to wait for the rate limit'),
	{
		field: 'limitBytesPerSecond',
		label: 'limit',
		meaning: 'what `--limit-rate` allows all files together; null without',
		rows: ({ limitBytesPerSecond: limit }) => (limit === null ? [] : [['limit', formatSpeed(limit)]]),
	},
	timeRow('heldUpByOneLaneMs', 'one alone', 'while one connection was left of several, with nothing to do for others'),
	timeRow('cpuMs', 'processor', 'user and system time of the process, whatever it was spent on; 100 % is one core'),
	countRow('refusals', 'refused', 'connections that the server turned down while it served others'),
	countRow('retries', 'retried', 'requests that failed and were made again'),
	countRow('reopened', 'reopened', 'connections that were replaced because they were far slower than the others'),
	countRow('stolen', 'stolen', 'segments that a free connection took from a busy one'),
	countRow('hedged', 'hedged', 'segments whose last bytes came first by a second request, on another connection'),
	{
		field: 'bytesWasted',
		label: 'in vain',
		meaning: 'body bytes that came and are not in the file, or came twice',
		rows: ({ bytesWasted }, { bytesReceived }) => [
			['in vain', `${formatBytes(bytesWasted)} (${percentOf(bytesWasted, bytesReceived)})`],
		],
	},
]

/** The fields of the `explain` event. */
export function explainFields(id: number, explanation: Explanation): object {
	const values = explainedFigures.map(({ field }) => [field, rounded(explanation[field])])
	return { event: 'explain', id, ...Object.fromEntries(values) }
}

const heldByTexts: Readonly<Record<NonNullable<Explanation['heldBy']>, string>> = {
	ceiling: 'more were not allowed',
	host: 'the host took no more',
	'no-gain': 'more brought too little',
	'too-little-left': 'too little was left to do',
}

function describeStep({ from, to, beforeBytesPerSecond, afterBytesPerSecond, paid }: Step): string {
	const times = (afterBytesPerSecond / beforeBytesPerSecond).toFixed(2)
	return `${from} to ${to}: ${times} times as fast, ${paid ? 'kept' : 'given back'}`
}

type Step = NonNullable<Explanation['lastStep']>

function timeRow(field: TimeField, label: string, meaning: string): ExplainedFigure {
	const rows = (explanation: Explanation, { durationMs }: DownloadResult): readonly Row[] => {
		const ms = explanation[field]
		// Who set no limit is not told how little there was to wait for it.
		if (field === 'heldByLimitMs' && ms === 0 && explanation.limitBytesPerSecond === null) return []
		return [[label, `${(ms / 1000).toFixed(1)} s (${percentOf(ms, durationMs)})`]]
	}
	return { field, label, meaning, rows }
}

type TimeField = 'waitedForServerMs' | 'waitedForDiskMs' | 'heldByLimitMs' | 'heldUpByOneLaneMs' | 'cpuMs'

function countRow(
	field: 'refusals' | 'retries' | 'reopened' | 'stolen' | 'hedged',
	label: string,
	meaning: string,
): ExplainedFigure {
	return { field, label, meaning, rows: explanation => [[label, String(explanation[field])]] }
}

const percentOf = (part: number, whole: number): string => `${whole > 0 ? Math.round((100 * part) / whole) : 0}%`

/** Parts of a byte and of a millisecond are of no use to anybody. */
function rounded(value: unknown): unknown {
	if (typeof value === 'number') return Math.round(value)
	if (Array.isArray(value)) return value.map(rounded)
	if (typeof value !== 'object' || value === null) return value
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)]))
}
