import { execFileSync } from 'node:child_process'
import { cpus, release } from 'node:os'
import process from 'node:process'
import type { Figures, Verdict } from './contract.ts'

/** A proof in the report. */
export interface Row {
	readonly name: string
	readonly claim: string
	/** Undefined where it was not run, or not to its end. */
	readonly verdict: Verdict | undefined
}

export interface Occasion {
	readonly date: Date
	/** Of the full size; below 1 the report says so. */
	readonly scale: number
	/** From the first to the last. */
	readonly minutes: number
}

/** `docs/proof/<date>.md`, without what a person adds about faults that were found and mended. */
export function proofReport(rows: readonly Row[], { date, scale, minutes }: Occasion): string {
	const failed = rows.filter(({ verdict }) => verdict?.kind === 'failed').map(({ name }) => name)
	const missing = rows.filter(({ verdict }) => verdict === undefined).map(({ name }) => name)
	return `${[
		`# Proof of ${date.toISOString().slice(0, 10)}`,
		`Made by \`npm run prove\`${scale === 1 ? '' : ` at ${scale} of its full size`} on commit ${commit()}, Node ${process.version}, Linux ${release()}, ${cpus().length} cores, in ${Math.round(minutes)} minutes.`,
		failed.length > 0
			? `**${failed.length} of ${rows.length} did not hold**: ${failed.join(', ')}.`
			: 'What was run held.',
		missing.length > 0 ? `Not run to the end: ${missing.join(', ')}.` : 'All of it was run.',
		table(rows),
	].join('\n\n')}\n`
}

function table(rows: readonly Row[]): string {
	const lines = rows.map(({ name, claim, verdict }) => {
		const took = verdict === undefined ? '' : Math.round(verdict.seconds)
		return `| ${name} | ${claim} | ${seen(verdict).replaceAll('|', '\\|')} | ${took} |`
	})
	return ['| proof | what is claimed | what was seen | s |', '|---|---|---|---|', ...lines].join('\n')
}

function seen(verdict: Verdict | undefined): string {
	if (verdict === undefined) return 'not run to the end'
	return verdict.kind === 'held' ? inWords(verdict.figures) : `**failed**: ${firstLine(verdict.why)}`
}

/** `{ acceptedAsWhole: 0, ended: { right: 3 } }` → `accepted as whole: 0; ended: right 3`. */
function inWords(figures: Figures): string {
	return Object.entries(figures)
		.map(([name, value]) => `${spaced(name)}: ${typeof value === 'object' ? list(value) : shown(value)}`)
		.join('; ')
}

function list(values: object): string {
	return Object.entries(values)
		.map(([name, value]) => `${spaced(name)} ${shown(value)}`)
		.join(', ')
}

/** Figures below ten keep two digits after the point. */
function shown(value: unknown): string {
	if (typeof value !== 'number') return String(value)
	return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 })
}

function spaced(name: string): string {
	return name.replaceAll(/([a-z])([A-Z0-9])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
}

function firstLine(text: string): string {
	return text.split('\n', 1)[0] ?? ''
}

function commit(): string {
	const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()
	const changed = git('status', '--porcelain', '--', 'src', 'test') === '' ? '' : ' with uncommitted changes'
	return `${git('rev-parse', '--short', 'HEAD')}${changed}`
}
