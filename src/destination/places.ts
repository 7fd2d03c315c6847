import { bothSettled } from '../base/both-settled.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk } from '../disk/contract.ts'
import { deleteName, look } from '../disk/names.ts'
import { compact } from '../journal/compaction.ts'
import type { JournalState } from '../journal/contract.ts'
import { createFileJournal, type FileJournal } from '../journal/file.ts'
import type { FileIdentity } from '../model/file-identity.ts'
import type { Claim } from './claims.ts'
import type { NewFile, Place } from './contract.ts'
import { createFilePlace, type JournaledParts } from './file-place.ts'
import { giveFinalName, type IfExists } from './final-name.ts'
import { requireFreeSpace } from './free-space.ts'
import { type HeldFile, letGo } from './held-file.ts'
import { type PlaceNames, scratchName } from './names.ts'
import { makeWayForJournal } from './orphans.ts'
import { preallocate } from './preallocate.ts'
import { createSmallPlace } from './small-place.ts'

export interface PlacesOptions {
	readonly disk: Disk
	/** Gives a name that nobody else gives, to tell two processes apart that both believe that they own a file. */
	readonly nonce: () => string
	/** Absolute; made when missing. */
	readonly directory: string
	readonly ifExists: IfExists
	/** Small files too are synced before they count as done. */
	readonly sync: boolean
	/** Permissions of finished files; until then they are 0600. @default 0o644 */
	readonly mode?: number
	/** Told what the user should know and what does not stop the download. */
	readonly notice: (message: string) => void
	/** From this length on a file has a journal and is synced; a shorter one is fetched anew. @default above 4 MiB */
	readonly journalFromBytes?: number
	/** Grown to this, a journal is written anew without what it repeats. @default 1 MiB */
	readonly compactAtBytes?: number
}

/** Below this a file is fetched anew rather than gone on with: it needs neither a journal nor, unless asked for, a sync. */
const journalFromBytes = 4 * 1024 * 1024 + 1

const finishedMode = 0o644

/** Up to this length a file is held in memory until it is whole: a thousand downloads at once take some 60 MB so. */
const inMemoryUpToBytes = 64 * 1024

/** A place whose name is claimed within the process, and whose `.part` is held against others. */
export interface Taken {
	readonly name: string
	readonly place: PlaceNames
	readonly claim: Claim
	readonly held: HeldFile
}

type JournaledFile = NewFile & { readonly bytes: number }

/** Makes the places of a folder: small ones, new ones, and those that an earlier run left. */
export class Places {
	readonly #journalFromBytes: number
	readonly #options: PlacesOptions

	constructor(options: PlacesOptions) {
		this.#options = options
		this.#journalFromBytes = options.journalFromBytes ?? journalFromBytes
	}

	/** Whether it has a journal, and can be gone on with. */
	isJournaled(file: NewFile): file is JournaledFile {
		return file.resumable && file.bytes !== undefined && file.bytes >= this.#journalFromBytes
	}

	/** One in memory. Undefined where the file is too long for that, or where there is something in its way to be put in order first. */
	async small(place: PlaceNames, file: NewFile, claim: Claim): Promise<Place | undefined> {
		const { disk, directory, ifExists, mode = finishedMode, nonce, notice } = this.#options
		if (file.bytes === undefined || file.bytes > inMemoryUpToBytes || this.isJournaled(file)) return undefined
		if ((await look(disk, place.part)) !== undefined) return undefined
		const unnamed = { disk, directory, name: file.name, ifExists }
		return createSmallPlace({
			...{ disk, names: place, claim, mode, notice },
			sync: this.#syncFromBytes <= file.bytes,
			scratch: () => scratchName(directory, nonce()),
			giveName: scratch =>
				giveFinalName({ ...unnamed, place: { ...place, part: scratch }, identity: () => identityOf(disk, scratch) }),
		})
	}

	/** One that begins, on a `.part` that is new. */
	begin(taken: Taken, file: NewFile): Promise<Place> {
		return this.#orDiscard(taken, async () => {
			const { bytes = 0 } = file
			// Not before: what an earlier run left may have had room for all of it, and is gone by now.
			if (bytes >= this.#journalFromBytes) await requireFreeSpace(this.#options.disk, this.#options.directory, bytes)
			return this.#placeOf(taken, this.isJournaled(file) ? await this.#beginJournal(taken, file) : undefined)
		})
	}

	async #beginJournal({ held, place }: Taken, file: JournaledFile): Promise<JournaledParts> {
		const { disk, nonce, notice } = this.#options
		const { url, urlDigest, bytes, identity, sharedUnder } = file
		const header = { url, urlDigest, bytes, identity, sharedUnder, file: held.identity, nonce: nonce() }
		await makeWayForJournal(disk, place.journal, notice)
		const journal = this.#journalAt(place)
		await orClose(journal, async () => {
			await bothSettled(journal.begin(header), preallocate(disk, held.descriptor, bytes))
			// After the journal, so that a crash between the two leaves a file without a byte, which is of no worth to anyone.
			await held.descriptor.truncate(bytes)
		})
		return { journal, header, state: undefined }
	}

	/** One that an earlier run left: goes on where its journal says. */
	async resume(taken: Taken, earlier: JournalState): Promise<Place> {
		const { held, place } = taken
		try {
			await this.#syncEarlier(taken, earlier)
			await requireFreeSpace(this.#options.disk, this.#options.directory, Math.max(0, held.bytes - held.allocatedBytes))
			// A new nonce, so that a process which believes that it owns the file finds out at its next checkpoint.
			const header = { ...earlier.header, nonce: this.#options.nonce() }
			const journal = this.#journalAt(place)
			await orClose(journal, () => journal.begin(header, compact(earlier.records)))
			// All of the CRCs, so that any of them may be sampled.
			return this.#placeOf(taken, { journal, header, state: { header, records: earlier.records } })
		} catch (error) {
			await letGo(held)
			throw error
		}
	}

	/** A `.part` that could not be begun holds nothing. */
	async #orDiscard<T>(taken: Taken, begin: () => Promise<T>): Promise<T> {
		try {
			return await begin()
		} catch (error) {
			await removeUnfinished(this.#options.disk, taken.place, taken.held)
			throw error
		}
	}

	/**
	 * What the earlier run wrote and did not sync: on the disk before anything is built on it. A sync that fails is told of once,
	 * and the next one would succeed over what is lost: the journal must not vouch for it then.
	 */
	async #syncEarlier({ held, place }: Taken, { header, records }: JournalState): Promise<void> {
		try {
			await held.descriptor.syncData()
		} catch (error) {
			const journal = this.#journalAt(place)
			const durable = records.filter(({ kind }) => kind === 'durable')
			// Whatever comes of this, the sync is what the user has to hear of.
			await journal.begin(header, durable).catch(() => journal.remove().catch(() => {}))
			await journal.close().catch(() => {})
			throw error
		}
	}

	#journalAt({ journal }: PlaceNames): FileJournal {
		const { disk, compactAtBytes } = this.#options
		return createFileJournal(disk, journal, compactAtBytes === undefined ? {} : { compactAtBytes })
	}

	#placeOf(taken: Taken, journaled: JournaledParts | undefined): Place {
		const { disk, directory, ifExists, mode = finishedMode, notice } = this.#options
		const { name, place, claim, held } = taken
		return createFilePlace({
			disk,
			names: place,
			claim,
			held,
			journaled,
			syncFromBytes: this.#syncFromBytes,
			mode,
			giveName: () => giveFinalName({ disk, directory, name, place, identity: async () => held.identity, ifExists }),
			notice,
		})
	}

	/** What is replaced may have been on the disk for years: the new bytes are there before the old ones go. */
	get #syncFromBytes(): number {
		const { sync, ifExists } = this.#options
		return sync || ifExists === 'overwrite' ? 0 : this.#journalFromBytes
	}
}

async function identityOf(disk: Disk, path: string): Promise<FileIdentity> {
	const facts = await look(disk, path)
	if (facts !== undefined) return facts.identity
	throw new DownloadError('E_IO', `${path} was deleted by another program`, { details: { path } })
}

/** A journal that could not be begun may hold an open file all the same. */
async function orClose(journal: FileJournal, begin: () => Promise<void>): Promise<void> {
	try {
		await begin()
	} catch (error) {
		await journal.close()
		throw error
	}
}

/** Deletes what cannot be gone on with, and lets go of it. */
export async function removeUnfinished(disk: Disk, place: PlaceNames, held: HeldFile): Promise<void> {
	try {
		// First, while the lock on the `.part` keeps others from beginning a journal of theirs under that name.
		await createFileJournal(disk, place.journal).remove()
		await deleteName(disk, place.part)
	} finally {
		await letGo(held)
	}
}
