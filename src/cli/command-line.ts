import { type AddHelpTextContext, Command, CommanderError, Help, Option } from 'commander'
import { type FlagUser, valuesExplained } from './flag.ts'
import { flags } from './flags.ts'
import { nothingTyped, type Typed } from './typed.ts'
import { usageError } from './usage-error.ts'

/** What was asked for. */
export type CommandLine =
	| { readonly command: 'get'; readonly urls: readonly string[]; readonly typed: Typed }
	| { readonly command: 'probe'; readonly url: string; readonly typed: Typed }
	| { readonly command: 'verify'; readonly file: string; readonly typed: Typed }
	| { readonly command: 'demo' }
	/** Help or version: to be printed, and nothing else done. */
	| { readonly command: 'say'; readonly text: string }

/** Reads the arguments that follow the program's name; throws E_USAGE. `columns` is how wide a help text may be. */
export function parseCommandLine(args: readonly string[], version: string, columns: number): CommandLine {
	let asked: CommandLine | undefined
	let said = ''
	const program = createProgram(version, columns, found => {
		asked = found
	})
	for (const command of [program, ...program.commands]) {
		command.exitOverride().configureOutput({
			writeOut: text => {
				said += text
			},
			writeErr: () => {},
			getOutHelpWidth: () => columns,
			getOutHasColors: () => false,
		})
	}
	try {
		program.parse(args, { from: 'user' })
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error
		if (error.exitCode !== 0) throw foreignUsageError(error)
		return { command: 'say', text: said }
	}
	// Every way through commander ends in an action, a text or an error.
	return asked ?? { command: 'say', text: said }
}

function createProgram(version: string, columns: number, found: (commandLine: CommandLine) => void): Command {
	const program = new Command('skein')
		.description('Takes one file by many connections: provably right, and as many connections as help.')
		.usage('URL… [options]')
		.version(`skein ${version}`, '-V, --version', 'print the version')
		.helpOption('-h, --help', 'print this text')
		.helpCommand(false)
		.enablePositionalOptions()
		.addHelpText('after', explainValues(columns))
	const get = subcommand(program, 'get', 'download; `skein URL…` is the same', typed => (urls: readonly string[]) => {
		found({ command: 'get', urls, typed })
	})
	get.argument('[URL...]').usage('URL… [options]').addHelpText('after', explainValues(columns))
	subcommand(program, 'probe', 'what the server offers: size, ranges, validator, name, digests', typed => {
		return (url: string) => found({ command: 'probe', url, typed })
	}).argument('<URL>')
	subcommand(program, 'verify', 'check a file against --checksum', typed => {
		return (file: string) => found({ command: 'verify', file, typed })
	}).argument('<FILE>')
	program
		.command('demo')
		.description('one connection against many, on a built-in local server whose connections are slow')
		.helpOption('-h, --help', 'print this text')
		.action(() => found({ command: 'demo' }))
	return program.configureHelp({
		minWidthToWrap: 20,
		visibleOptions: command => visibleOptions(command === program ? [get, program] : [command]),
	})
}

function subcommand<A>(
	program: Command,
	name: FlagUser,
	description: string,
	action: (typed: Typed) => (argument: A) => void,
): Command {
	const typed = nothingTyped()
	const command = program
		.command(name, { isDefault: name === 'get' })
		.description(description)
		.helpOption('-h, --help', 'print this text')
		.action(action(typed))
	for (const flag of flags.filter(({ users }) => users.includes(name))) {
		const placeholder = flag.value === undefined ? '' : ` <${flag.value}>`
		const preset = flag.default === undefined ? '' : ` (default: ${flag.default})`
		const option = new Option(`${flag.names}${placeholder}`, flag.summary + preset).helpGroup(`${flag.group}:`)
		command.addOption(option)
		command.on(`option:${option.name()}`, (text: string | undefined) => flag.update(typed, text ?? ''))
	}
	return command
}

/** Wrapped when it is wanted, as the rest of the help is. */
const explainValues =
	(columns: number) =>
	({ command }: AddHelpTextContext): string =>
		`\n${command.createHelp().boxWrap(valuesExplained, columns)}`

/** Who asks for help before a command is named wants to see what `get` takes. */
function visibleOptions(commands: readonly Command[]): Option[] {
	const options = commands.flatMap(command => new Help().visibleOptions(command))
	return options.filter((option, index) => options.findIndex(({ long }) => long === option.long) === index)
}

/** Commander writes `error: message` and, on a line of its own, `(Did you mean --fresh?)`. */
function foreignUsageError({ message }: CommanderError): Error {
	const [what = '', suggestion] = withoutValue(message.replace(/^error: /, '')).split('\n')
	const sentence = what.charAt(0).toUpperCase() + what.slice(1)
	return usageError(sentence, suggestion === undefined ? undefined : suggestion.replace(/^\((.*)\)$/, '$1'))
}

/** Commander repeats an unknown option with its value, which may be an address with a secret in it. */
const withoutValue = (message: string): string => message.replace(/'(--?[^=']*)=.*'/s, "'$1'")
