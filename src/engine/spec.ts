import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { Destination, UrlIdentity } from '../destination/contract.ts'
import type { Digest } from '../model/digest.ts'
import type { PieceHashes } from '../model/piece-hashes.ts'
import type { Asking } from '../source/asking.ts'
import type { Transport } from '../transport/contract.ts'
import type { Governor } from './governor.ts'

/** Another address of the same file. */
export interface Mirror {
	readonly url: URL
	/** As for the URL of the download; headers, and a login, are of each address's own. */
	readonly asking: Asking
}

/** What one download shall be. Every field is present and right: `api/options.ts` has seen to that. */
export interface DownloadSpec {
	readonly url: URL
	readonly urlIdentity: UrlIdentity
	readonly asking: Asking
	/** In the order given; none of them is the URL again. */
	readonly mirrors: readonly Mirror[]
	/** Finds another address in place of one that has expired; undefined goes by way of the URL again. */
	readonly renew: ((expired: URL) => Promise<URL>) | undefined
	/** A number is exact where the server allows it. */
	readonly connections: 'auto' | number
	/** Ceiling of `auto`. */
	readonly maxConnections: number
	/** Undefined: by speed. */
	readonly minSplitBytes: number | undefined
	readonly retries: number
	readonly maxTimeMs: number | undefined
	readonly maxBytes: number | undefined
	readonly checksum: Digest | undefined
	/** The length that the file must have, where the caller knows it. */
	readonly bytes: number | undefined
	/** What tells wrong bytes from right ones; without a checksum they are what the file is checked by. */
	readonly pieces: PieceHashes | undefined
}

/** What a download is run with. All of the world is here: with a fake clock and a scripted transport nothing else is touched. */
export interface EngineDeps {
	readonly transport: Transport
	readonly destination: Destination
	readonly governor: Governor
	readonly clock: Clock
	readonly random: Random
	/** User and system time of this process so far; for the verdict. */
	readonly cpuMs: () => number
}

/** What may be asked of a run while it goes on. */
export type Command =
	/** Gives the connections up and keeps the bytes, until `resume`. */
	| { readonly kind: 'pause' }
	| { readonly kind: 'resume' }
	| { readonly kind: 'set-connections'; readonly connections: 'auto' | number }
	/** Ends the run; what is there stays for the next one. */
	| { readonly kind: 'cancel'; readonly reason: unknown }
