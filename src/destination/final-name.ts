import type { Disk, FileFacts } from '../disk/contract.ts'
import { look, names } from '../disk/names.ts'
import type { FileIdentity } from '../model/file-identity.ts'
import type { AlreadyThere } from './contract.ts'
import { type PlaceNames, placeNames } from './names.ts'
import { existsError, nameReplacing, nameWithoutReplacing } from './publish.ts'

/** What to do when the target exists. */
export type IfExists = 'rename' | 'overwrite' | 'skip' | 'error'

/**
 * Whether a new download may aim at this final name. The choice of `ifExists` is about the name that was asked for; a
 * numbered one is only taken where it is free.
 */
export async function aimAt(
	disk: Disk,
	place: PlaceNames,
	ifExists: IfExists,
): Promise<'free' | 'not free' | AlreadyThere> {
	const there = await look(disk, place.final)
	if (there === undefined) return 'free'
	if (place.number > 0 || ifExists === 'rename') return 'not free'
	if (ifExists === 'error') throw existsError(place.final)
	if (ifExists === 'overwrite') {
		requireReplaceable(there, place.final)
		return 'free'
	}
	const content = await disk.lookThrough(place.final).catch(() => undefined)
	if (content?.kind !== 'file') throw existsError(place.final, 'It is not a file')
	return { kind: 'already-there', path: place.final, bytes: content.bytes }
}

/** Files are overwritten, and links themselves; folders, pipes and devices are something else to somebody. */
function requireReplaceable(there: FileFacts, path: string): void {
	if (there.kind === 'folder') throw existsError(path, 'It is a folder')
	if (there.kind === 'other') throw existsError(path, 'It is no file')
}

export interface GivenName {
	readonly path: string
	/** Whether the file has its old name still. */
	readonly keptOld: boolean
}

export interface Unnamed {
	readonly disk: Disk
	readonly directory: string
	/** The name that was asked for. */
	readonly name: string
	readonly place: PlaceNames
	/** Asked for where a name turns out to be taken: it may be by this very file. */
	readonly identity: () => Promise<FileIdentity>
	readonly ifExists: IfExists
}

/** Gives a finished `.part` its final name, or the next that is free. Throws E_EXISTS where neither may be. */
export async function giveFinalName(unnamed: Unnamed): Promise<GivenName> {
	const { disk, directory, name, place, identity, ifExists } = unnamed
	if (place.number === 0 && ifExists === 'overwrite') {
		const there = await look(disk, place.final)
		if (there !== undefined) requireReplaceable(there, place.final)
		await nameReplacing(disk, place.part, place.final)
		return { path: place.final, keptOld: false }
	}
	for (let next = place; ; next = placeNames(directory, name, next.number + 1)) {
		if (next !== place && (await look(disk, next.part)) !== undefined) continue
		const naming = await nameWithoutReplacing(disk, place.part, next.final)
		if (naming !== 'exists') return { path: next.final, keptOld: naming === 'linked' }
		if (await names(disk, next.final, await identity())) return { path: next.final, keptOld: true }
		if (place.number === 0 && ifExists !== 'rename') throw existsError(next.final)
	}
}
