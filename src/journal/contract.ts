import type { ByteRange } from '../model/byte-range.ts'
import type { DigestValue } from '../model/digest.ts'
import type { FileIdentity } from '../model/file-identity.ts'
import type { Identity } from '../model/validator.ts'

/**
 * The record that makes resume safe. It may lag behind the data, never lead it.
 * Its promises are checked by `test/contract/journal.ts`.
 */
export interface Journal {
	/** What earlier runs left: the longest undamaged prefix of its records; undefined where not even a header can be read. */
	load(): Promise<JournalState | undefined>
	/**
	 * Begins anew with this header and these records, at once: a crash leaves either what was recorded before or all of
	 * these, and once it resolves these survive a power cut.
	 */
	begin(header: JournalHeader, records?: readonly JournalRecord[]): Promise<void>
	/**
	 * Adds a record in order. It reaches the operating system by itself at once; a failure is told by the next `sync`.
	 *
	 * An empty range, and whatever comes after `close`, is passed over. Throws for a range that the header's length does
	 * not hold, and before `begin`: that is an error in the program.
	 */
	append(record: JournalRecord): void
	/**
	 * From here on bytes of other URLs may be recorded: they, and all that were before, count only together with this digest of
	 * the whole. Survives a power cut once it resolves. Rejects with E_NO_SPACE or E_IO, and before `begin` with what says an
	 * error in the program.
	 */
	share(digest: DigestValue): Promise<void>
	/** Resolves when all appended records survive a power cut. Rejects with E_NO_SPACE or E_IO. */
	sync(): Promise<void>
	/** Deletes the journal. */
	remove(): Promise<void>
	/** Waits until what was appended has reached the operating system, and lets go. Idempotent. */
	close(): Promise<void>
}

export interface JournalHeader {
	/** The URL as the user gave it, without user info, query and fragment: nothing in a journal is secret. */
	readonly url: string
	/** Tells two URLs apart that differ only in what `url` leaves out: a digest of the whole, from which it cannot be read. */
	readonly urlDigest: string
	/** The length of the representation. */
	readonly bytes: number
	/** What names the version of which the bytes are. */
	readonly identity: Identity
	/** Names the file that the bytes are in; a file with another one is not ours. */
	readonly file: FileIdentity
	/** Tells two processes apart that both believe that they own the file. */
	readonly nonce: string
	/** The bytes are of several URLs, or not of this one, and count only under this digest; undefined where all are of this URL. */
	readonly sharedUnder?: DigestValue | undefined
}

export type JournalRecord =
	/** The write has returned: the bytes survive the death of the process. `crc32` is of exactly this range. */
	| { readonly kind: 'written'; readonly range: ByteRange; readonly crc32: number }
	/** The data was synced: the bytes survive a power cut. */
	| { readonly kind: 'durable'; readonly range: ByteRange }

export interface JournalState {
	readonly header: JournalHeader
	readonly records: readonly JournalRecord[]
}
