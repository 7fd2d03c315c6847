import type { JournalHeader } from '../journal/contract.ts'
import type { Identity } from '../model/validator.ts'
import type { AlreadyThere, NewFile } from './contract.ts'

/** Files that earlier runs finished but for the tidying, and which versions they are; each is asked for once, by the URL it is of. */
export class FinishedFiles {
	readonly #byUrlDigest = new Map<string, { readonly path: string; readonly header: JournalHeader }>()

	note(urlDigest: string, path: string, header: JournalHeader): void {
		this.#byUrlDigest.set(urlDigest, { path, header })
	}

	/** The one of the very version that is to be downloaded. */
	take({ urlDigest, bytes, identity }: NewFile): AlreadyThere | undefined {
		const finished = this.#byUrlDigest.get(urlDigest)
		this.#byUrlDigest.delete(urlDigest)
		if (finished === undefined) return undefined
		const { path, header } = finished
		if (header.bytes !== bytes || !isSameVersion(header.identity, identity)) return undefined
		return { kind: 'already-there', path, bytes: header.bytes }
	}
}

function isSameVersion(a: Identity, b: Identity): boolean {
	// Bytes that only a digest vouches for name no version.
	return a.etag === b.etag && a.lastModified === b.lastModified && (a.etag ?? a.lastModified) !== undefined
}
