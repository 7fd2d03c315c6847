import type { Claim, Claims } from './claims.ts'
import type { AlreadyThere, Destination, NewFile, Place, UrlIdentity } from './contract.ts'
import { examine, type Found } from './examine.ts'
import { aimAt } from './final-name.ts'
import { FinishedFiles } from './finished-files.ts'
import { Folder } from './folder.ts'
import { createHeld, letGo } from './held-file.ts'
import { type PlaceNames, placeNames, requireComponent } from './names.ts'
import { Places, type PlacesOptions, removeUnfinished } from './places.ts'

export interface FileDestinationOptions extends PlacesOptions {
	/** One for all downloads of the process. */
	readonly claims: Claims
	readonly fixedName: string | undefined
	/** Deletes what an earlier run of the same URL left instead of going on with it. */
	readonly fresh: boolean
}

type Nothing = Extract<Found, { kind: 'nothing' }>
type Taken = Extract<Found, { kind: 'taken' }>

/** Files in one folder. `docs/design/journal.md` says what lies on the disk at every moment. */
export function createFileDestination(options: FileDestinationOptions): Destination {
	return new FileDestination(options)
}

class FileDestination implements Destination {
	readonly fixedName: string | undefined
	readonly #options: FileDestinationOptions
	readonly #places: Places
	readonly #folder: Folder
	/** Found by `findUnfinished`, for the `open` that follows it. */
	readonly #finished = new FinishedFiles()
	/** The final name that `findUnfinished` saw to be free, for the `open` that follows it. */
	#vacant: string | undefined

	constructor(options: FileDestinationOptions) {
		this.fixedName = options.fixedName
		this.#options = options
		this.#places = new Places(options)
		this.#folder = new Folder(options.disk, options.directory)
	}

	async findUnfinished(name: string, url: UrlIdentity): Promise<Place | undefined> {
		requireComponent(name)
		this.#vacant = undefined
		if (this.#options.fresh || !(await this.#folder.exists())) return undefined
		for (let number = 0; ; number++) {
			const place = placeNames(this.#options.directory, name, number)
			const found = await this.#unfinishedAt(place, name, url)
			if (found.kind === 'place') return found
			if (found.kind === 'taken') continue
			if (!found.hasFinal && number === 0) this.#noteVacant(place)
			if (!found.hasFinal && number > 0) return undefined
		}
	}

	async open(file: NewFile): Promise<Place | AlreadyThere> {
		requireComponent(file.name)
		await this.#folder.make()
		const finished = this.#finished.take(file)
		if (finished !== undefined) return finished
		const vacant = this.#vacant
		this.#vacant = undefined
		for (let number = 0; ; number++) {
			const place = placeNames(this.#options.directory, file.name, number)
			const aim = place.final === vacant ? 'free' : await aimAt(this.#options.disk, place, this.#options.ifExists)
			if (aim === 'not free') continue
			if (aim !== 'free') return aim
			const taken = await this.#claimed(
				place,
				file,
				async claim => (await this.#places.small(place, file, claim)) ?? this.#take(place, file, claim),
			)
			if (taken !== undefined) return taken
		}
	}

	/** Who takes the next name where one is taken finds out in the end. For the others their name is looked at once more. */
	#noteVacant({ final }: PlaceNames): void {
		if (this.#options.ifExists === 'rename') this.#vacant = final
	}

	/** The place where there is one to be gone on with; else what there is. */
	async #unfinishedAt(place: PlaceNames, name: string, url: UrlIdentity): Promise<Place | Nothing | Taken> {
		let answer: Nothing | Taken = { kind: 'taken' }
		const resumed = await this.#claimed(place, url, async claim => {
			const found = await examine(this.#options.disk, place, url, undefined)
			if (found.kind === 'unfinished') {
				const taken = { name, place, claim, held: found.held }
				if (!found.hasFinal || !this.#wantsOneName) return this.#places.resume(taken, found.state)
				// It would never get the name: `open` says so before anything more is fetched.
				await letGo(found.held)
				answer = { kind: 'nothing', hasFinal: true }
				return undefined
			}
			if (found.kind === 'finished') this.#finished.note(url.urlDigest, place.final, found.header)
			answer = found.kind === 'finished' ? { kind: 'nothing', hasFinal: true } : found
			return undefined
		})
		return resumed ?? answer
	}

	/** Who gives up where the name is taken. */
	get #wantsOneName(): boolean {
		const { ifExists } = this.#options
		return ifExists === 'skip' || ifExists === 'error'
	}

	/** Runs `work` with the place claimed within the process, and lets go of the claim where no place comes of it. */
	async #claimed(
		place: PlaceNames,
		url: UrlIdentity,
		work: (claim: Claim) => Promise<Place | undefined>,
	): Promise<Place | undefined> {
		const mine = await this.#options.claims.claim(await this.#folder.canonical(place.part), url.urlDigest)
		if (mine === undefined) return undefined
		let result: Place | undefined
		try {
			result = await work(mine)
			return result
		} finally {
			if (result === undefined) mine.release()
			else mine.keep()
		}
	}

	async #take(place: PlaceNames, file: NewFile, claim: Claim): Promise<Place | undefined> {
		const { disk, notice } = this.#options
		const journaled = this.#places.isJournaled(file)
		for (;;) {
			const held = await createHeld(disk, place.part, journaled)
			if (held !== undefined) return this.#places.begin({ name: file.name, place, claim, held }, file)
			const found = await examine(disk, place, file, notice)
			if (found.kind === 'taken') return undefined
			// Of this URL and passed over by the caller: of another version, or begun and ended since it looked.
			if (found.kind === 'unfinished') await removeUnfinished(disk, place, found.held)
		}
	}
}
