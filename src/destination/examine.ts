import type { JournalHeader, JournalState } from '../journal/contract.ts'
import { deleteName } from '../journal/folder.ts'
import { readJournal, readJournalHeader } from '../journal/read.ts'
import { lockedError } from './claims.ts'
import type { UrlIdentity } from './contract.ts'
import { isSameFile, names } from './file-identity.ts'
import { type HeldFile, letGo, openHeld } from './held-file.ts'
import { orphanName, type PlaceNames } from './names.ts'
import { nameWithoutReplacing } from './publish.ts'

type Notice = (message: string) => void

/** What is there under the names of one place, once what could be put in order is in order. */
export type Found =
	| { readonly kind: 'nothing' }
	/** Another URL's: at work, or to be gone on with by whoever began it. */
	| { readonly kind: 'taken' }
	/** An earlier run gave the file its final name and was cut off while tidying up; that is done now. */
	| { readonly kind: 'finished'; readonly header: JournalHeader }
	| { readonly kind: 'unfinished'; readonly held: HeldFile; readonly state: JournalState }

/**
 * Looks at a `.part` and its journal. One without a journal that can be trusted is moved aside where `notice` is given to
 * say so, and left alone where the name may not be needed at all.
 *
 * Rejects with E_LOCKED where another process is at work on the same URL.
 */
export async function examine(place: PlaceNames, url: UrlIdentity, notice: Notice | undefined): Promise<Found> {
	const held = await openHeld(place.part)
	if (held === 'nothing') return afterTheLastName(place, url)
	if (held === 'in use') {
		const header = await readJournalHeader(place.journal)
		if (header?.urlDigest === url.urlDigest) throw lockedError(place.part)
		return { kind: 'taken' }
	}
	let found: Found | undefined
	try {
		found = await judge(held, place, url, notice)
		return found
	} finally {
		if (found?.kind !== 'unfinished') await letGo(held)
	}
}

async function judge(held: HeldFile, place: PlaceNames, url: UrlIdentity, notice: Notice | undefined): Promise<Found> {
	const state = await readJournal(place.journal)
	if (state !== undefined && state.header.urlDigest !== url.urlDigest) return { kind: 'taken' }
	if (await names(place.final, held.identity)) {
		await deleteName(place.part)
		await deleteName(place.journal)
		return state === undefined ? { kind: 'nothing' } : { kind: 'finished', header: state.header }
	}
	if (state !== undefined && isOf(held, state.header)) return { kind: 'unfinished', held, state }
	if (notice !== undefined) await putAside(held, place, notice)
	return { kind: 'nothing' }
}

/** The file that the journal was written for, at the length that it had then: one cut or grown by others is damaged. */
function isOf(held: HeldFile, header: JournalHeader): boolean {
	return isSameFile(held.identity, header.file) && held.bytes === header.bytes
}

/** The `.part` was the last but one to go: a journal alone, of the very file that has the final name, is a run that was finished. */
async function afterTheLastName(place: PlaceNames, url: UrlIdentity): Promise<Found> {
	const header = await readJournalHeader(place.journal)
	if (header?.urlDigest !== url.urlDigest || !(await names(place.final, header.file))) return { kind: 'nothing' }
	await deleteName(place.journal)
	return { kind: 'finished', header }
}

/** Never deletes what might be of worth to someone; an empty file is not: a run that was just beginning, or was killed then. */
async function putAside(held: HeldFile, place: PlaceNames, notice: Notice): Promise<void> {
	// First, while the lock on the `.part` keeps others from beginning a journal of theirs under that name.
	await deleteName(place.journal)
	if (held.bytes === 0) return deleteName(place.part)
	const aside = await moveAside(place.part)
	notice(`${place.part} has no journal that can be trusted: moved to ${aside}`)
}

async function moveAside(part: string): Promise<string> {
	for (let number = 0; ; number++) {
		const aside = orphanName(part, number)
		const naming = await nameWithoutReplacing(part, aside)
		if (naming === 'exists') continue
		if (naming === 'linked') await deleteName(part)
		return aside
	}
}
