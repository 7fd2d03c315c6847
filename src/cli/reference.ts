import { errorCodes } from '../base/errors.ts'
import { errorMeanings, exitCodes } from './exit-codes.ts'
import { type Flag, type FlagUser, valuesExplained } from './flag.ts'
import { flags } from './flags.ts'
import { explainedFigures } from './render/explained-figures.ts'

const made = '<!-- Made by `npm run docs` from the lists in src/cli: change those. -->'

const users: readonly FlagUser[] = ['get', 'probe', 'verify']

/** `docs/reference/options.md`. */
export function optionsReference(): string {
	const sections = users.map(user => {
		const rows = flags.filter(flag => flag.users.includes(user)).map(optionRow)
		return [`## \`skein ${user}\``, '', table(['option', 'meaning', 'default'], rows)].join('\n')
	})
	return `${[made, '# Options', valuesExplained, ...sections].join('\n\n')}\n`
}

/** `docs/reference/exit-codes.md`. */
export function exitCodesReference(): string {
	const rows = errorCodes.map(code => [exitText(exitCodes[code]), `\`${code}\``, errorMeanings[code]])
	const rule =
		'With several files the exit code is that of the first, in the order given, that failed; the others go on.'
	const success = ['0', '', 'Every file is there and right.']
	return `${[made, '# Exit codes', rule, table(['exit', 'code', 'meaning'], [success, ...rows])].join('\n\n')}\n`
}

/** `docs/reference/explain.md`. */
export function explainReference(): string {
	const rule =
		'With `--explain` a table follows each file on standard error; with `--json` an event `explain` follows each `done`, with these fields. Times and rates are whole milliseconds and bytes a second.'
	const rows = explainedFigures.map(({ field, label, meaning }) => [label, `\`${field}\``, meaning])
	return `${[made, '# The figures of `--explain`', rule, table(['in the table', 'field', 'meaning'], rows)].join('\n\n')}\n`
}

const exitText = (exitCode: number): string => (exitCode === exitCodes.E_ABORTED ? '130, 143' : String(exitCode))

function optionRow(flag: Flag): readonly string[] {
	const value = flag.value === undefined ? '' : ` ${flag.value}`
	return [`\`${flag.names}${value}\``, flag.summary, flag.default ?? '']
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
	return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
