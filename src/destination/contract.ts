import type { Cancel } from '../base/abort.ts'
import type { Journal, JournalState } from '../journal/contract.ts'
import type { DigestAlgorithm, DigestValue } from '../model/digest.ts'
import type { Piece } from '../model/piece-hashes.ts'
import type { Identity } from '../model/validator.ts'
import type { Sink } from '../sink/contract.ts'
import type { Hashing } from '../verify/contract.ts'

/** Where a download shall end up: it chooses the name, takes the lock, and puts sink, journal and hashing together. */
export interface Destination {
	/** The name that the user fixed; undefined where the server may give one. */
	readonly fixedName: string | undefined
	/**
	 * Looks among `NAME.part`, `NAME.1.part` … for an unfinished run of this URL and takes its lock.
	 *
	 * Changes nothing but what an earlier run of this URL left to tidy.
	 * Rejects with E_LOCKED when another process is at work on the same URL.
	 */
	findUnfinished(name: string, url: UrlIdentity): Promise<Place | undefined>
	/**
	 * Takes a place for a new download, or says that the file is there: it was asked to be left alone, or an earlier run
	 * of this URL finished this very version and was cut off between naming the file and tidying up.
	 *
	 * A `.part` in its way is moved aside where it has no journal that can be trusted, with a notice, and replaced where it is
	 * of this URL: the caller has looked for it, and found that it cannot be gone on with.
	 * Rejects with E_EXISTS, E_UNSAFE_NAME, E_NO_SPACE or E_IO.
	 */
	open(file: NewFile): Promise<Place | AlreadyThere>
}

export interface UrlIdentity {
	/** Without user info, query and fragment. */
	readonly url: string
	/** SHA-256 over the whole, lower-case hex. */
	readonly urlDigest: string
}

export interface NewFile extends UrlIdentity {
	/** One safe path component. */
	readonly name: string
	/** Undefined where the server did not say. */
	readonly bytes: number | undefined
	readonly identity: Identity
	/** Whether a later run could go on: decides, with the size, whether there is a journal. */
	readonly resumable: boolean
	/** Where the bytes are not of this URL: the digest under which they count all the same. */
	readonly sharedUnder?: DigestValue | undefined
}

/** A place that is ours until its sink is closed, discarded or published. */
export interface Place {
	readonly kind: 'place'
	/** The final path as far as it is known now; `publish` has the last word. */
	readonly path: string | undefined
	readonly sink: Sink
	/**
	 * Undefined where nothing could be resumed: small files, unknown lengths, streams. Begun by `open`, never by the
	 * engine; closed with the sink, removed with `publish` and `discard`.
	 */
	readonly journal: Journal | undefined
	/** What an earlier run left, with the file already found to be the one that the journal names, and synced. */
	readonly state: JournalState | undefined
	/** Begins to hash the content from its first byte. Once a place or, where it can be read back, again after the last was closed. */
	hash(algorithms: readonly DigestAlgorithm[]): Hashing
	/**
	 * Reads pieces back and answers those whose bytes do not have their hash, in order. Absent where content cannot be read
	 * back. Rejects with E_IO where bytes are missing, and with the reason of `cancel`.
	 */
	findWrongPieces?(algorithm: DigestAlgorithm, pieces: readonly Piece[], cancel: Cancel): Promise<readonly Piece[]>
	/**
	 * Whether the place is still ours: the `.part` was not moved, replaced, cut or taken over. To be asked at every
	 * checkpoint; `publish` asks by itself. Rejects with E_IO or E_LOCKED.
	 */
	confirm(): Promise<void>
}

export interface AlreadyThere {
	readonly kind: 'already-there'
	readonly path: string
	readonly bytes: number
}
