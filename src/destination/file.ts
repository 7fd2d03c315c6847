import { randomUUID } from 'node:crypto'
import { compact } from '../journal/compaction.ts'
import type { JournalHeader, JournalState } from '../journal/contract.ts'
import { createFileJournal } from '../journal/file.ts'
import { deleteName } from '../journal/folder.ts'
import type { Identity } from '../model/validator.ts'
import { type Claim, claim } from './claims.ts'
import type { AlreadyThere, Destination, NewFile, Place, UrlIdentity } from './contract.ts'
import { examine } from './examine.ts'
import { look } from './file-identity.ts'
import { createFilePlace, type JournaledParts } from './file-place.ts'
import { aimAt, giveFinalName, type IfExists } from './final-name.ts'
import { Folder } from './folder.ts'
import { requireFreeSpace } from './free-space.ts'
import { createHeld, type HeldFile, letGo } from './held-file.ts'
import { type PlaceNames, placeNames, requireComponent } from './names.ts'

export interface FileDestinationOptions {
	/** Absolute; made when missing. */
	readonly directory: string
	readonly fixedName: string | undefined
	readonly ifExists: IfExists
	/** Deletes what an earlier run of the same URL left instead of going on with it. */
	readonly fresh: boolean
	/** Small files too are synced before they count as done. */
	readonly sync: boolean
	/** Told what the user should know and what does not stop the download. */
	readonly notice: (message: string) => void
}

/** Files in one folder. `docs/design/journal.md` says what lies on the disk at every moment. */
export function createFileDestination(options: FileDestinationOptions): Destination {
	return new FileDestination(options)
}

/** Up to this a file is fetched anew rather than gone on with: it needs neither a journal nor, unless asked for, a sync. */
const smallBytes = 4 * 1024 * 1024

/** A place whose name is claimed within the process, and whose `.part` is held against others. */
interface Taken {
	readonly name: string
	readonly place: PlaceNames
	readonly claim: Claim
	readonly held: HeldFile
}

/** A file that an earlier run finished but for the tidying, and which version it is. */
interface Finished {
	readonly path: string
	readonly header: JournalHeader
}

class FileDestination implements Destination {
	readonly fixedName: string | undefined
	readonly #options: FileDestinationOptions
	readonly #folder: Folder
	/** By URL digest: found by `findUnfinished`, for the `open` that follows it. */
	readonly #finished = new Map<string, Finished>()

	constructor(options: FileDestinationOptions) {
		this.fixedName = options.fixedName
		this.#options = options
		this.#folder = new Folder(options.directory)
	}

	async findUnfinished(name: string, url: UrlIdentity): Promise<Place | undefined> {
		requireComponent(name)
		if (this.#options.fresh || !(await this.#folder.exists())) return undefined
		for (let number = 0; ; number++) {
			const place = placeNames(this.#options.directory, name, number)
			const found = await this.#unfinishedAt(place, name, url)
			if (found !== 'nothing' && found !== 'taken') return found
			if (found === 'nothing' && number > 0 && (await look(place.final)) === undefined) return undefined
		}
	}

	async open(file: NewFile): Promise<Place | AlreadyThere> {
		requireComponent(file.name)
		await this.#folder.make()
		const finished = this.#takeFinished(file)
		if (finished !== undefined) return finished
		if ((file.bytes ?? 0) > smallBytes) await requireFreeSpace(this.#options.directory, file.bytes ?? 0)
		for (let number = 0; ; number++) {
			const place = placeNames(this.#options.directory, file.name, number)
			const aim = await aimAt(place, this.#options.ifExists)
			if (aim === 'not free') continue
			if (aim !== 'free') return aim
			const taken = await this.#claimed(place, file, claim => this.#take(place, file, claim))
			if (taken !== undefined) return taken
		}
	}

	async #unfinishedAt(place: PlaceNames, name: string, url: UrlIdentity): Promise<Place | 'nothing' | 'taken'> {
		let answer: 'nothing' | 'taken' = 'taken'
		const resumed = await this.#claimed(place, url, async claim => {
			const found = await examine(place, url, undefined)
			if (found.kind === 'finished') this.#finished.set(url.urlDigest, { path: place.final, header: found.header })
			if (found.kind !== 'taken') answer = 'nothing'
			if (found.kind !== 'unfinished') return undefined
			return this.#resume({ name, place, claim, held: found.held }, found.state)
		})
		return resumed ?? answer
	}

	/** Runs `work` with the place claimed within the process, and lets go of the claim where no place comes of it. */
	async #claimed(
		place: PlaceNames,
		url: UrlIdentity,
		work: (claim: Claim) => Promise<Place | undefined>,
	): Promise<Place | undefined> {
		const mine = claim(await this.#folder.canonical(place.part), url.urlDigest)
		if (mine === undefined) return undefined
		let result: Place | undefined
		try {
			result = await work(mine)
			return result
		} finally {
			if (result === undefined) mine.release()
		}
	}

	async #take(place: PlaceNames, file: NewFile, claim: Claim): Promise<Place | undefined> {
		const journaled = isJournaled(file)
		for (;;) {
			const held = await createHeld(place.part, journaled)
			if (held !== undefined) return this.#begin({ name: file.name, place, claim, held }, file)
			const found = await examine(place, file, this.#options.notice)
			if (found.kind === 'taken') return undefined
			// Of this URL and passed over by the caller: of another version, or begun and ended since it looked.
			if (found.kind === 'unfinished') await removeUnfinished(place, found.held)
		}
	}

	#begin(taken: Taken, file: NewFile): Promise<Place> {
		return orDiscard(taken, async () => {
			const { held } = taken
			if (!isJournaled(file)) return this.#placeOf(taken, undefined)
			const { url, urlDigest, bytes, identity } = file
			const header = { url, urlDigest, bytes, identity, file: held.identity, nonce: randomUUID() }
			const journal = createFileJournal(taken.place.journal)
			try {
				await journal.begin(header)
				// After the journal, so that a crash between the two leaves an empty file, which is of no worth to anyone.
				await held.descriptor.truncate(bytes)
			} catch (error) {
				await journal.close()
				throw error
			}
			return this.#placeOf(taken, { journal, header, state: undefined })
		})
	}

	async #resume(taken: Taken, earlier: JournalState): Promise<Place> {
		const { held, place } = taken
		try {
			// What the earlier run wrote and did not sync: on the disk before anything is built on it.
			await held.descriptor.syncData()
			await requireFreeSpace(this.#options.directory, Math.max(0, held.bytes - held.allocatedBytes))
			// A new nonce, so that a process which believes that it owns the file finds out at its next checkpoint.
			const header = { ...earlier.header, nonce: randomUUID() }
			const journal = createFileJournal(place.journal)
			await journal.begin(header, compact(earlier.records))
			// All of the CRCs, so that any of them may be sampled.
			return this.#placeOf(taken, { journal, header, state: { header, records: earlier.records } })
		} catch (error) {
			await letGo(held)
			throw error
		}
	}

	#placeOf(taken: Taken, journaled: JournaledParts | undefined): Place {
		const { directory, ifExists, sync, notice } = this.#options
		const { name, place, claim, held } = taken
		return createFilePlace({
			names: place,
			claim,
			held,
			journaled,
			syncFromBytes: sync ? 0 : smallBytes + 1,
			giveName: () => giveFinalName({ directory, name, place, file: held.identity, ifExists }),
			notice,
		})
	}

	#takeFinished(file: NewFile): AlreadyThere | undefined {
		const finished = this.#finished.get(file.urlDigest)
		this.#finished.delete(file.urlDigest)
		if (finished === undefined || this.#options.fresh) return undefined
		const { path, header } = finished
		if (header.bytes !== file.bytes || !isSameVersion(header.identity, file.identity)) return undefined
		return { kind: 'already-there', path, bytes: header.bytes }
	}
}

function isJournaled(file: NewFile): file is NewFile & { readonly bytes: number } {
	return file.resumable && file.bytes !== undefined && file.bytes > smallBytes
}

function isSameVersion(a: Identity, b: Identity): boolean {
	return a.etag === b.etag && a.lastModified === b.lastModified
}

async function removeUnfinished(place: PlaceNames, held: HeldFile): Promise<void> {
	try {
		// First, while the lock on the `.part` keeps others from beginning a journal of theirs under that name.
		await deleteName(place.journal)
		await deleteName(place.part)
	} finally {
		await letGo(held)
	}
}

/** A `.part` that could not be begun holds nothing. */
async function orDiscard<T>(taken: Taken, begin: () => Promise<T>): Promise<T> {
	try {
		return await begin()
	} catch (error) {
		await removeUnfinished(taken.place, taken.held)
		throw error
	}
}
