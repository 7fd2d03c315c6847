import { stat } from 'node:fs/promises'
import type { FileIdentity } from '../journal/contract.ts'
import type { AlreadyThere } from './contract.ts'
import { look, names } from './file-identity.ts'
import { type PlaceNames, placeNames } from './names.ts'
import { existsError, nameReplacing, nameWithoutReplacing } from './publish.ts'

/** What to do when the target exists. */
export type IfExists = 'rename' | 'overwrite' | 'skip' | 'error'

/**
 * Whether a new download may aim at this final name. The choice of `ifExists` is about the name that was asked for; a
 * numbered one is only taken where it is free.
 */
export async function aimAt(place: PlaceNames, ifExists: IfExists): Promise<'free' | 'not free' | AlreadyThere> {
	const there = await look(place.final)
	if (there === undefined) return 'free'
	if (place.number > 0 || ifExists === 'rename') return 'not free'
	if (ifExists === 'error') throw existsError(place.final)
	if (ifExists === 'overwrite') {
		if (there.isDirectory()) throw existsError(place.final, 'It is a folder')
		if (!there.isFile() && !there.isSymbolicLink()) throw existsError(place.final, 'It is no file')
		return 'free'
	}
	const content = await stat(place.final).catch(() => undefined)
	if (content?.isFile() !== true) throw existsError(place.final, 'It is not a file')
	return { kind: 'already-there', path: place.final, bytes: content.size }
}

export interface GivenName {
	readonly path: string
	/** Whether the file has its old name still. */
	readonly keptOld: boolean
}

export interface Unnamed {
	readonly directory: string
	/** The name that was asked for. */
	readonly name: string
	readonly place: PlaceNames
	readonly file: FileIdentity
	readonly ifExists: IfExists
}

/** Gives a finished `.part` its final name, or the next that is free. Throws E_EXISTS where neither may be. */
export async function giveFinalName(unnamed: Unnamed): Promise<GivenName> {
	const { directory, name, place, file, ifExists } = unnamed
	if (place.number === 0 && ifExists === 'overwrite') {
		await nameReplacing(place.part, place.final)
		return { path: place.final, keptOld: false }
	}
	for (let next = place; ; next = placeNames(directory, name, next.number + 1)) {
		if (next !== place && (await look(next.part)) !== undefined) continue
		const naming = await nameWithoutReplacing(place.part, next.final)
		if (naming !== 'exists') return { path: next.final, keptOld: naming === 'linked' }
		if (await names(next.final, file)) return { path: next.final, keptOld: true }
		if (place.number === 0 && ifExists !== 'rename') throw existsError(next.final)
	}
}
