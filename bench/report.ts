import type { Judgement } from './judge.ts'
import { allOf, median } from './scenarios/figures.ts'
import type { Run } from './scenarios/scenario.ts'

/** What one run of the benchmark found of one scenario: the raw figures, as they are kept. */
export interface Findings {
	readonly scenario: string
	readonly about: string
	readonly bytes: number
	readonly idealMs: number | null
	/** Those that could not take part, and why. */
	readonly absent: Readonly<Record<string, string>>
	readonly runs: readonly Run[]
	readonly judgements: readonly Judgement[]
}

/** A section in Markdown: a row for each contender, a line for each claim. */
export function sectionOf(findings: Findings): string {
	const names = [...new Set(findings.runs.map(run => run.contender))].sort(byName)
	const absent = Object.entries(findings.absent).map(([name, why]) => `${name}: ${why}.`)
	return [
		`### ${findings.scenario}`,
		'',
		`${findings.about}.${findings.idealMs === null ? '' : ` Ideal: ${(findings.idealMs / 1000).toFixed(2)} s.`}`,
		...(absent.length === 0 ? [] : ['', absent.join(' ')]),
		'',
		...(names.length === 0 ? [] : [...head, ...names.map(name => rowOf(name, findings)), '']),
		...findings.judgements.map(lineOf),
		'',
	].join('\n')
}

/** `| claim | figure |` of all scenarios, for a reader in a hurry. */
export function summaryOf(all: readonly Findings[]): string {
	const rows = all.flatMap(({ scenario, judgements }) =>
		judgements.map(
			({ claim, outcome, figure, wanted }) =>
				`| ${scenario} | ${claim} | ${figureOf(figure)} | ${wanted} | ${outcome} |`,
		),
	)
	return ['| scenario | claim | figure | wanted | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}

const columns = ['', 'runs', 'wall s', 'of ideal', 'cpu s', 'MB', 'conns at once', 'requests', 'sent/size', 'verdict']
const head = [`| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`]

function rowOf(name: string, { runs, bytes, idealMs }: Findings): string {
	const own = runs.filter(run => run.contender === name)
	const right = own.filter(run => run.failure === undefined)
	const tallies = own.map(allOf)
	const wallS = own.map(run => run.wallMs / 1000)
	const cells = [
		name,
		right.length === own.length ? `${own.length}` : `${right.length} of ${own.length} right (${failuresOf(own)})`,
		spread(wallS, 2),
		idealMs === null ? '' : ((median(wallS) * 1000) / idealMs).toFixed(2),
		costOf(own.map(run => run.cpuMs).map(ms => ms && ms / 1000)),
		costOf(own.map(run => run.peakBytes).map(peak => peak && peak / 1_000_000)),
		spread(tallies.map(tally => tally.connectionsPeak)),
		spread(tallies.map(tally => tally.requests)),
		spread(
			tallies.map(tally => tally.bytesSent / bytes),
			3,
		),
		[...new Set(own.map(run => run.verdict ?? ''))].join(', '),
	]
	return `| ${cells.join(' | ')} |`
}

/** The median, and the least and the most where they differ. */
function spread(values: readonly number[], digits = 0): string {
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
