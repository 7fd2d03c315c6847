import { join, resolve, sep } from 'node:path'
import type { Writable } from 'node:stream'
import type { DownloadOptions } from '../api/options.ts'
import { DownloadError } from '../base/errors.ts'
import { climbsOut } from '../model/file-name.ts'
import type { Job } from '../session/session.ts'
import type { Entry } from './input-file.ts'
import type { Typed } from './typed.ts'
import { isWebAddress, parseUrl } from './url.ts'
import { usageError } from './usage-error.ts'

/** Where files go, seen from the process. */
export interface Destination {
	readonly folder: string
	readonly stdout: Writable
}

/** Makes jobs of what was named, numbered from 1 in that order. Throws E_USAGE or E_UNSAFE_NAME before anything is done. */
export function planJobs(entries: readonly Entry[], typed: Typed, destination: Destination): readonly Job[] {
	refuseContradictions(entries, typed)
	return entries.map((entry, index) => ({
		id: index + 1,
		url: parseUrl(entry.url, entry.where),
		mirrors: [...(entry.mirrors ?? []), ...typed.mirrors].map(mirror => parseUrl(mirror, entry.where)),
		options: optionsOf(entry, typed, destination),
	}))
}

function refuseContradictions(entries: readonly Entry[], typed: Typed): void {
	if (entries.length === 0) throw usageError('No URL was given', 'Try `skein https://…`, or `skein --help`.')
	if (entries.length > 1 && typed.output !== undefined) {
		throw usageError(
			`\`--output\` names one file, and ${entries.length} URLs were given`,
			'Use `--dir`, or `out=` lines in an input file.',
		)
	}
	if (entries.length > 1 && typed.download.checksum !== undefined) {
		throw usageError(
			`\`--checksum\` is the digest of one file, and ${entries.length} URLs were given`,
			'Use `checksum=` lines in an input file.',
		)
	}
	if (entries.length > 1 && typed.mirrors.length > 0) {
		throw usageError(
			`\`--mirror\` is another address of one file, and ${entries.length} URLs were given`,
			'Write mirrors after their URL, separated by TABs, in an input file.',
		)
	}
	const fetched = typed.metalink !== undefined && isWebAddress(typed.metalink)
	if (typed.headers.size > 0 && !fetched && entries.every(({ stranger }) => stranger)) {
		throw usageError(
			'Headers go to the origin that they are meant for, and the Metalink names others',
			'Give the URL of the Metalink, or of the file, in place of what was given.',
		)
	}
	if (typed.json && typed.output === '-') {
		throw usageError('`--json` and `--output -` both want standard output', 'Write to a file, or leave out `--json`.')
	}
}

function optionsOf(entry: Entry, typed: Typed, destination: Destination): DownloadOptions {
	return {
		...typed.download,
		...entry.described,
		...(entry.checksum === undefined ? {} : { checksum: entry.checksum }),
		...(typed.headers.size === 0 || entry.stranger ? {} : { headers: Object.fromEntries(typed.headers) }),
		to: targetOf(entry, typed, destination),
	}
}

function targetOf(entry: Entry, typed: Typed, { folder, stdout }: Destination): string | Writable {
	const output = entry.output ?? typed.output
	if (typed.output === '-' && entry.output === undefined) return stdout
	const dir = resolve(folder, entry.dir ?? typed.dir ?? '.')
	if (output === undefined) return dir.endsWith(sep) ? dir : dir + sep
	if (climbsOut(output)) {
		throw new DownloadError('E_UNSAFE_NAME', `The name \`${output}\` climbs out of its folder`, {
			hint: 'Name the folder with `--dir`.',
		})
	}
	return resolve(join(dir, '.'), output)
}
