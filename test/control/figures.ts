import { seeded } from '../support/seeded.ts'
import { type Lanes, type Outcome, simulate } from './line-model.ts'
import { type LineKind, lineKinds } from './lines.ts'
import type { Course } from './sheet.ts'

const seeds = 100
const ceiling = 32

const head = [
	'| line | ideal s | auto s | lanes at once | lanes by bytes | requests | `-x 1` | `-x 4` | `-x 16` | held by |',
	'| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
]

/** The table of `docs/design/connections.md`: every kind of line under `auto` and with fixed numbers. */
export function figuresTable(): string {
	return [...head, ...lineKinds.map(kind => `| ${[kind.name, ...cellsOf(kind)].join(' | ')} |`), ''].join('\n')
}

/** One run on each kind of line. */
export function courses(): Course[] {
	return lineKinds.map(({ name, line }) => {
		const { course, completionMs } = simulate(line, seeded(1), { ceiling })
		return { name, moments: course, endMs: completionMs, fileBytes: line.fileBytes }
	})
}

function cellsOf(kind: LineKind): string[] {
	const auto = runs(kind, { ceiling })
	const held = new Set(auto.map(({ state }) => state.facts.heldBy))
	const completion = auto.map(({ completionMs }) => completionMs)
	return [
		seconds(kind.idealMs),
		spread(completion, seconds),
		lanesOf(auto),
		median(auto.map(({ meanLanes }) => meanLanes)).toFixed(1),
		String(median(auto.map(({ requests }) => requests))),
		...[1, 4, 16].map(fixed => seconds(median(runs(kind, { fixed }).map(({ completionMs }) => completionMs)))),
		held.size === 1 ? String([...held][0]) : '',
	]
}

function lanesOf(auto: readonly Outcome[]): string {
	const peaks = auto.map(({ peakLanes }) => peakLanes)
	if (peaks.length === 1) return String(peaks[0])
	const over = peaks.filter(lanes => lanes > 4).length
	return `${spread(peaks, String)}; over 4: ${over} of ${seeds}`
}

/** Chance has a say on some lines alone. */
function runs({ line }: LineKind, lanes: Lanes): Outcome[] {
	const count = line.noise === undefined && line.losses === undefined ? 1 : seeds
	return Array.from({ length: count }, (_, seed) => simulate(line, seeded(seed), lanes))
}

function spread(values: readonly number[], print: (value: number) => string): string {
	const sorted = [...values].sort((a, b) => a - b)
	const high = sorted[Math.ceil(0.95 * sorted.length) - 1] as number
	return values.length === 1 ? print(high) : `${print(median(values))} (95 %: ${print(high)})`
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >>> 1] as number
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(2)
}
