import { fileSystems } from './file-systems.ts'

/** Those in this machine's memory or on its own disks. A call on any other may wait for a network, for ever where a server has gone. */
const localTypes: ReadonlySet<number> = new Set(Object.values(fileSystems))

/** More folders than a run has files in at once: what is forgotten is asked for again. */
const mostFolders = 1000

/** Which folders lie on a disk of this machine. */
export class LocalFolders {
	readonly #typeOf: (folder: string) => Promise<number>
	readonly #known = new Map<string, boolean>()

	/** `typeOf` asks the system, by a thread of the pool: it may wait. */
	constructor(typeOf: (folder: string) => Promise<number>) {
		this.#typeOf = typeOf
	}

	/** False too while it is not known: the first question has it found out. */
	has(folder: string): boolean {
		const known = this.#known.get(folder)
		if (known === undefined) this.#find(folder)
		return known ?? false
	}

	#find(folder: string): void {
		if (this.#known.size >= mostFolders) this.#known.clear()
		this.#known.set(folder, false)
		this.#typeOf(folder).then(
			type => this.#known.set(folder, localTypes.has(type)),
			// A folder that is not there yet may be there the next time.
			() => this.#known.delete(folder),
		)
	}
}
