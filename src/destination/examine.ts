import { dirname } from 'node:path'
import type { Disk } from '../disk/contract.ts'
import { deleteName, look, names, syncFolder } from '../disk/names.ts'
import type { JournalHeader, JournalState } from '../journal/contract.ts'
import { createFileJournal } from '../journal/file.ts'
import { readJournal, readJournalHeader } from '../journal/read.ts'
import { isSameFile } from '../model/file-identity.ts'
import { lockedError } from './claims.ts'
import type { UrlIdentity } from './contract.ts'
import { type HeldFile, letGo, openHeld } from './held-file.ts'
import type { PlaceNames } from './names.ts'
import { moveAside } from './orphans.ts'

type Notice = (message: string) => void

/** What is there under the names of one place, once what could be put in order is in order. */
export type Found =
	/** Nothing to be gone on with. `hasFinal`: something has the final name. */
	| { readonly kind: 'nothing'; readonly hasFinal: boolean }
	/** Another URL's: at work, or to be gone on with by whoever began it. */
	| { readonly kind: 'taken' }
	/** An earlier run gave the file its final name and was cut off while tidying up; that is done now. */
	| { readonly kind: 'finished'; readonly header: JournalHeader }
	| {
			readonly kind: 'unfinished'
			readonly held: HeldFile
			readonly state: JournalState
			readonly hasFinal: boolean
	  }

/**
 * Looks at a `.part` and its journal. One without a journal that can be trusted is moved aside where `notice` is given to
 * say so, and left alone where the name may not be needed at all.
 *
 * Rejects with E_LOCKED where another process is at work on the same URL.
 */
export async function examine(
	disk: Disk,
	place: PlaceNames,
	url: UrlIdentity,
	notice: Notice | undefined,
): Promise<Found> {
	const held = await openHeld(disk, place.part)
	if (held === 'nothing') return afterTheLastName(disk, place, url)
	if (held === 'in use') {
		const header = await readJournalHeader(disk, place.journal)
		if (header?.urlDigest === url.urlDigest) throw lockedError(place.part)
		return { kind: 'taken' }
	}
	let found: Found | undefined
	try {
		found = await judge(disk, held, place, url, notice)
		return found
	} finally {
		if (found?.kind !== 'unfinished') await letGo(held)
	}
}

async function judge(
	disk: Disk,
	held: HeldFile,
	place: PlaceNames,
	url: UrlIdentity,
	notice: Notice | undefined,
): Promise<Found> {
	const state = await readJournal(disk, place.journal)
	if (state !== undefined && state.header.urlDigest !== url.urlDigest) return { kind: 'taken' }
	const named = await look(disk, place.final)
	if (named?.kind === 'file' && isSameFile(named.identity, held.identity)) {
		// The run may have been killed before it synced the name: until that is done, the others are what a power cut leaves.
		await syncFolder(disk, dirname(place.final))
		await deleteName(disk, place.part)
		await deleteName(disk, place.journal)
		return state === undefined ? { kind: 'nothing', hasFinal: true } : { kind: 'finished', header: state.header }
	}
	if (state !== undefined && isOf(held, state.header))
		return { kind: 'unfinished', held, state, hasFinal: named !== undefined }
	if (notice !== undefined) await putAside(disk, held, place, notice)
	return { kind: 'nothing', hasFinal: named !== undefined }
}

/** The file that the journal was written for, at the length that it had then: one cut or grown by others is damaged. */
function isOf(held: HeldFile, header: JournalHeader): boolean {
	return isSameFile(held.identity, header.file) && held.bytes === header.bytes
}

/** The `.part` was the last but one to go: a journal alone, of the very file that has the final name, is a run that was finished. */
async function afterTheLastName(disk: Disk, place: PlaceNames, url: UrlIdentity): Promise<Found> {
	// Mostly there is neither, and then one look is enough.
	if ((await look(disk, place.final)) === undefined) return { kind: 'nothing', hasFinal: false }
	const header = (await readJournal(disk, place.journal))?.header
	if (header?.urlDigest !== url.urlDigest || !(await names(disk, place.final, header.file)))
		return { kind: 'nothing', hasFinal: true }
	// It may have been killed between the new name and its sync.
	await syncFolder(disk, dirname(place.final))
	await deleteName(disk, place.journal)
	return { kind: 'finished', header }
}

/** Never deletes what might be of worth to someone; an empty file is not: a run that was just beginning, or was killed then. */
async function putAside(disk: Disk, held: HeldFile, place: PlaceNames, notice: Notice): Promise<void> {
	// First, while the lock on the `.part` keeps others from beginning a journal of theirs under that name.
	await createFileJournal(disk, place.journal).remove()
	if (held.bytes === 0) return deleteName(disk, place.part)
	const aside = await moveAside(disk, place.part)
	notice(`${place.part} has no journal that can be trusted: moved to ${aside}`)
}
