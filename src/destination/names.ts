import { join } from 'node:path'
import { DownloadError } from '../base/errors.ts'

/** The names that one download may use: the file's own, and what lies beside it until it is finished. */
export interface PlaceNames {
	/** 0 for `name.ext`, 1 for `name.1.ext` … */
	readonly number: number
	readonly final: string
	readonly part: string
	readonly journal: string
}

export function placeNames(directory: string, name: string, number: number): PlaceNames {
	const final = join(directory, numbered(name, number))
	return { number, final, part: `${final}.part`, journal: `${final}.part.journal` }
}

/** What a file in `directory` is called while it has all of its bytes and not yet its name. */
export function scratchName(directory: string, nonce: string): string {
	return join(directory, `.skein-${nonce}.part`)
}

/** The nth name to move a `.part` to that nobody can go on with. */
export function orphanName(part: string, number: number): string {
	return number === 0 ? `${part}.orphan` : `${part}.orphan.${number}`
}

/** Rejects with E_UNSAFE_NAME what would leave the folder; every other name is the caller's wish. */
export function requireComponent(name: string): void {
	if (name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)) return
	throw new DownloadError('E_UNSAFE_NAME', `Expected a file name, got ${JSON.stringify(name)}`, {
		hint: 'Name the folder with --dir and the file with --output.',
	})
}

/**
 * The nth choice of a name: before its extension, and a `.tar.gz` counts as one.
 *
 * @example numbered('a.tar.gz', 1) // 'a.1.tar.gz'
 */
function numbered(name: string, number: number): string {
	if (number === 0) return name
	// A leading dot begins a hidden file's name, not an extension.
	const extension = /(?<=.)(?:\.tar)?\.[^.]+$/.exec(name)?.[0] ?? ''
	return `${name.slice(0, name.length - extension.length)}.${number}${extension}`
}
