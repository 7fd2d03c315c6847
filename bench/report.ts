import type { Judgement } from './judge.ts'
import { type Cost, type Ratio, ratioOf, wordsOf } from './ratios.ts'
import { allOf, median } from './scenarios/figures.ts'
import type { ContenderName, Run } from './scenarios/scenario.ts'

/** What one run of the benchmark found of one scenario: the raw figures, as they are kept. */
export interface Findings {
	readonly scenario: string
	readonly about: string
	readonly bytes: number
	readonly idealMs: number | null
	/** Whose ratios to the others tell most; left out where an ideal tells more. */
	readonly subject?: ContenderName
	/** Those that could not take part, and why. */
	readonly absent: Readonly<Record<string, string>>
	readonly runs: readonly Run[]
	readonly judgements: readonly Judgement[]
}

/** A section in Markdown: a row for each contender, a line for each claim. */
export function sectionOf(findings: Findings): string {
	const { scenario, about, idealMs, judgements } = findings
	const absent = Object.entries(findings.absent).map(([name, why]) => `${name}: ${why}.`)
	const paragraphs = [
		`### ${scenario}`,
		`${about}.${idealMs === null ? '' : ` Ideal: ${(idealMs / 1000).toFixed(2)} s.`}`,
		absent.join(' '),
		figuresOf(findings),
		ratiosOf(findings),
		judgements.map(lineOf).join('\n'),
	]
	return `${paragraphs.filter(text => text !== '').join('\n\n')}\n`
}

/** `| claim | figure |` of all scenarios, for a reader in a hurry. */
export function summaryOf(all: readonly Findings[]): string {
	const rows = all.flatMap(({ scenario, judgements }) =>
		judgements.map(({ claim, outcome, figure, wanted }) => [scenario, claim, figureOf(figure), wanted, outcome]),
	)
	return tableOf(['scenario', 'claim', 'figure', 'wanted', ''], rows)
}

const baselines = ['skein', 'raw', 'node', 'hash']

/** Of wall time and CPU, all in which a program that downloads needs less; empty where there is none. */
export function behindOf(all: readonly Findings[]): string {
	const rows = all.flatMap(findings =>
		ratiosToPrograms(findings)
			.filter(({ median }) => median > 1)
			.map(ratio => [findings.scenario, `${ratio.contender} over ${ratio.other}: ${ratio.cost}`, wordsOf(ratio)]),
	)
	return rows.length === 0 ? '' : tableOf(['scenario', 'behind', 'ratio'], rows)
}

function ratiosToPrograms(findings: Findings): Ratio[] {
	const { subject, runs } = findings
	if (subject === undefined) return []
	const programs = namesOf(findings).filter(name => !baselines.some(baseline => name.startsWith(`${baseline}:`)))
	return programs.flatMap(other =>
		(['wall', 'cpu'] satisfies Cost[])
			.map(cost => ratioOf(runs, subject, other, cost))
			.filter(ratio => ratio !== undefined),
	)
}

function figuresOf(findings: Findings): string {
	const names = namesOf(findings)
	if (names.length === 0) return ''
	const columns = Object.keys(cellsOf('', findings))
	const rows = names.map(name => Object.values(cellsOf(name, findings)))
	// Not all is measured everywhere: nginx counts nothing, and not every line has an ideal.
	const told = columns.map((_, column) => column === 0 || rows.some(row => row[column] !== ''))
	const only = (cells: readonly string[]): string[] => cells.filter((_, column) => told[column])
	return tableOf(only(columns), rows.map(only))
}

function cellsOf(name: string, { runs, bytes, idealMs }: Findings): Record<string, string> {
	const own = runs.filter(run => run.contender === name)
	const right = own.filter(run => run.failure === undefined)
	const tallies = own.filter(run => run.tallies.length > 0).map(allOf)
	const wallS = own.map(run => run.wallMs / 1000)
	return {
		'': name,
		runs: right.length === own.length ? `${own.length}` : `${right.length} of ${own.length} right (${failuresOf(own)})`,
		'wall s': spread(wallS, 2),
		'of ideal': idealMs === null ? '' : ((median(wallS) * 1000) / idealMs).toFixed(2),
		'cpu s': costOf(own.map(run => run.cpuMs).map(ms => ms && ms / 1000)),
		MB: costOf(own.map(run => run.peakBytes).map(peak => peak && peak / 1_000_000)),
		'event loop p99 ms': costOf(own.map(run => run.loopDelayP99Ms)),
		'conns at once': spread(tallies.map(tally => tally.connectionsPeak)),
		requests: spread(tallies.map(tally => tally.requests)),
		'sent/size': spread(
			tallies.map(tally => tally.bytesSent / bytes),
			3,
		),
		verdict: [...new Set(own.map(run => run.verdict ?? ''))].join(', '),
	}
}

/** What the subject takes of what each of the others takes. */
function ratiosOf(findings: Findings): string {
	const { subject, runs } = findings
	if (subject === undefined) return ''
	const rows = namesOf(findings)
		.filter(name => name !== subject)
		.map(other => [
			other,
			...(['wall', 'cpu', 'memory'] satisfies Cost[]).map(cost => {
				const ratio = ratioOf(runs, subject, other, cost)
				return ratio === undefined ? '' : wordsOf(ratio)
			}),
		])
		.filter(([, ...ratios]) => ratios.some(ratio => ratio !== ''))
	return rows.length === 0 ? '' : tableOf([`${subject} over`, 'wall', 'cpu', 'memory'], rows)
}

/** In Markdown. */
export function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
	return [line(columns), `|${' --- |'.repeat(columns.length)}`, ...rows.map(line)].join('\n')
}

function namesOf({ runs }: Findings): string[] {
	return [...new Set(runs.map(run => run.contender))].sort(byName)
}

/** The median, and the least and the most where they differ. */
function spread(values: readonly number[], digits = 0): string {
	if (values.length === 0) return ''
	const [least, most, middle] = [Math.min(...values), Math.max(...values), median(values)].map(value =>
		value.toFixed(digits),
	)
	return least === most ? `${middle}` : `${middle} (${least}–${most})`
}

function costOf(values: readonly (number | undefined)[]): string {
	const known = values.filter(value => value !== undefined)
	return known.length === 0 ? '' : median(known).toFixed(known.some(value => value >= 10) ? 0 : 2)
}

function failuresOf(runs: readonly Run[]): string {
	return [...new Set(runs.flatMap(run => run.failure ?? []))].join('; ')
}

function lineOf({ claim, outcome, figure, wanted }: Judgement): string {
	return `- **${outcome}** ${claim} ${figureOf(figure)} (${wanted})`
}

function figureOf(figure: number | null): string {
	return figure === null ? '–' : `${Number(figure.toFixed(3))}`
}

/** skein first, then by name; `auto` before numbers, and those by size. */
function byName(a: string, b: string): number {
	const rank = (name: string): number => (name.startsWith('skein') ? 0 : 1)
	return rank(a) - rank(b) || a.replace('auto', '0').localeCompare(b.replace('auto', '0'), 'en', { numeric: true })
}
