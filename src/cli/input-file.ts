import type { DownloadOptions } from '../api/options.ts'
import { usageError } from './usage-error.ts'

/** One file as the command line or an input file names it. */
export interface Entry {
	readonly url: string
	/** Other addresses of the same file. */
	readonly mirrors?: readonly string[]
	/** Where it was named, for messages: `line 3 of urls.txt`. Undefined for an argument. */
	readonly where?: string
	readonly output?: string
	readonly dir?: string
	readonly checksum?: string
	/** What a Metalink says of it. */
	readonly described?: Pick<DownloadOptions, 'checksum' | 'bytes' | 'pieces'>
	/** Its address was not named by the user, and gets none of his headers. */
	readonly stranger?: boolean
}

type EntryOption = 'output' | 'dir' | 'checksum'

const optionNames: Readonly<Record<string, EntryOption>> = { out: 'output', dir: 'dir', checksum: 'checksum' }

/**
 * Reads an input file: a URL a line, its mirrors after TABs, its options indented below it (`  out=NAME`), `#` begins a comment.
 *
 * Throws E_USAGE with the number of the line for whatever it does not understand: nothing is passed over.
 *
 * @param name what the file is called in messages
 */
export function parseInputFile(text: string, name: string): readonly Entry[] {
	const entries: Entry[] = []
	for (const [index, line] of text
		.replace(/^\ufeff/, '')
		.split(/\r\n|\n|\r/)
		.entries()) {
		const where = `line ${index + 1} of ${name}`
		const content = line.trim()
		if (content === '' || content.startsWith('#')) continue
		if (content !== line.trimEnd()) entries.push(withOption(entries.pop(), content, where))
		else entries.push(entryOf(content, where))
	}
	return entries
}

function entryOf(content: string, where: string): Entry {
	const [url = '', ...mirrors] = content
		.split('\t')
		.map(address => address.trim())
		.filter(address => address !== '')
	return mirrors.length === 0 ? { url, where } : { url, mirrors, where }
}

function withOption(entry: Entry | undefined, content: string, where: string): Entry {
	if (entry === undefined)
		throw usageError(`An indented line is an option of a URL above it, and there is none (${where})`)
	const equals = content.indexOf('=')
	const option = optionNames[content.slice(0, equals).trimEnd()]
	const value = content.slice(equals + 1).trim()
	if (equals < 0 || option === undefined || value === '') {
		throw usageError(`Expected an indented line to be \`out=NAME\`, \`dir=DIR\` or \`checksum=…\` (${where})`)
	}
	return { ...entry, [option]: value }
}
