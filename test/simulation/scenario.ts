import type { Outage } from '../support/scripted/line.ts'
import type { SpoilName } from './spoils.ts'

/**
 * All that a seed decides before the first request: what there is, what goes wrong, and when. A value that can be written
 * down as JSON, so that what a seed once found stays to be found when seeds come to mean something else.
 */
export interface Scenario {
	/** Of every draw that is made while it is played. */
	readonly chance: number
	/** What is downloaded, each by a URL of its own, all at once and by the same name. */
	readonly files: readonly FileTruth[]
	readonly origin: OriginTraits
	/** Other addresses of the first file. @default none */
	readonly mirrors?: readonly MirrorTraits[]
	/** From then on the URL itself leads nowhere. @default never */
	readonly goneFromMs?: number
	readonly spoils: readonly Spoiling[]
	readonly network: NetworkTraits
	readonly disk: DiskTraits
	readonly wish: Wish
	/** The lives of processes, one after another; each goes on with what the one before left. */
	readonly lives: readonly Life[]
	/** From then on server, network and disk are as they should be. */
	readonly healedAtMs: number
}

export interface FileTruth {
	/** In the order in which they come; the first from the beginning. */
	readonly versions: readonly VersionTruth[]
}

export interface VersionTruth {
	readonly fromMs: number
	readonly bytes: number
}

export type Validators = 'etag' | 'etag and date' | 'date' | 'weak etag' | 'weak etag and date' | 'none'

export interface OriginTraits {
	readonly validators: Validators
	readonly ranges: boolean
	readonly framing: 'length' | 'chunked' | 'close'
	/** What a digest field of every answer says. */
	readonly digests: 'none' | 'right' | 'wrong'
	readonly bytesPerSecond: number
	readonly connectMs: number
	readonly headAfterMs: number
	/** Up to so much is added to each head. */
	readonly jitterMs: number
	/** Every so many connections one is ten times slower. */
	readonly slowEvery?: number
	/** Connections beyond so many are turned down. */
	readonly cap?: { readonly connections: number; readonly by: 403 | 429 | 503 | 'reset' | 'silence' }
	/** The URL leads to a link that lives so long and answers with `status` afterwards. */
	readonly links?: { readonly livesMs: number; readonly status: 401 | 403 | 410 }
	/** A content network: connections reach one of so many nodes, which may name versions apart and learn of them late. */
	readonly nodes?: { readonly count: number; readonly etags: 'same' | 'apart'; readonly lagMs: number }
	/** What of If-Range it understands. */
	readonly ifRange: 'both' | 'dates only' | 'nothing'
}

/** A host that has the first file too, or says so. It is spoilt by nothing but what stands here. */
export interface MirrorTraits {
	/** Its bytes: always those of the present version; another file altogether; or those with a part in the middle that is wrong. */
	readonly has: 'the file' | 'another file' | 'the file but for a part'
	/** Under the ETag of its own, or the one that the first source uses. */
	readonly etag: 'own' | 'same'
	readonly bytesPerSecond: number
	/** It is there only between these; `Infinity` does not survive JSON. */
	readonly upFromMs: number
	readonly upToMs: number
}

export interface Spoiling {
	readonly name: SpoilName
	/** Of the answers that it could spoil. */
	readonly share: number
}

export interface NetworkTraits {
	/** Of all connections together. */
	readonly lineBytesPerSecond?: number
	readonly outages: readonly Outage[]
	/** From the end of an exchange until the transport lets go of the memory. */
	readonly settlesAfterMs: number
}

export interface DiskTraits {
	readonly writeMs?: number
	readonly syncMs?: number
	/** One call of so many fails, with one of these. */
	readonly fails?: { readonly oneIn: number; readonly codes: readonly string[] }
	/** Full after so many bytes. */
	readonly fullAfterBytes?: number
	/** Whether writes and reads may be short. */
	readonly short?: boolean
	/** Whether there are hard links. */
	readonly links: boolean
	/** What lies in the folder already, and is none of ours. */
	readonly strangers: readonly ('file' | 'part' | 'neighbour')[]
}

/** What the user asked for. */
export interface Wish {
	readonly target: 'file' | { readonly windowBytes: number; readonly readerBytesPerSecond?: number }
	readonly connections: number | 'auto'
	readonly minSplitBytes?: number
	readonly retries: number
	readonly ifExists: 'rename' | 'overwrite' | 'error'
	readonly sync: boolean
	/** Of which version the caller knows the digest. */
	readonly checksumOf?: number
	/** Beside that, the digests of its pieces, each so long. */
	readonly pieceBytes?: number
	readonly maxTimeMs?: number
	readonly maxBytes?: number
	readonly maxPerHost: number
	readonly blocks: number
	/** Bytes a second of all downloads of a process together. */
	readonly limitBytesPerSecond?: number
}

export interface Life {
	/** After the end of the one before. */
	readonly afterMs: number
	/** So much later a second process begins the same. */
	readonly companionAfterMs?: number
	readonly ends?: Death
	readonly commands: readonly UserCommand[]
}

/** At some time, or as the nth call of a kind on the disk has been done: where one step of a protocol is taken and the next is not. */
export type Death = { readonly by: 'kill' | 'power cut' } & (
	| { readonly afterMs: number }
	| { readonly atCall: DiskStep; readonly nth: number }
)

export type DiskStep = 'create' | 'link' | 'rename' | 'unlink' | 'sync' | 'sync folder' | 'truncate'

export interface UserCommand {
	readonly afterMs: number
	readonly command:
		| 'pause'
		| 'resume'
		| 'cancel'
		| { readonly connections: number | 'auto' }
		| { readonly limitBytesPerSecond: number | 'none' }
}
