import type { Writable } from 'node:stream'
import type { Digest } from '../model/digest.ts'
import type { PieceHashes } from '../model/piece-hashes.ts'

/** What one download is asked for. Sizes are bytes, times milliseconds. */
export interface DownloadOptions {
	/**
	 * Where the file goes: a folder when it ends with a separator or is one, else the file's path; a stream takes the bytes
	 * in order. Missing folders are made.
	 *
	 * @default the working folder, under the name that the server or the URL gives
	 * @example download(url, { to: 'data/' })
	 */
	readonly to?: string | Writable
	/** Stops the download and keeps what is there; the promise rejects with E_ABORTED, the signal's reason as `cause`. */
	readonly signal?: AbortSignal
	/**
	 * How many connections; a number is exact where the server allows it.
	 * @default 'auto', which adds connections for as long as they pay
	 */
	readonly connections?: 'auto' | number
	/** Ceiling of `auto`. @default 32 */
	readonly maxConnections?: number
	/** No segment is split below this. @default chosen by speed */
	readonly minSplitBytes?: number
	/** `sha256=HEX`, `md5=HEX` … or the SRI form `sha256-BASE64`, or a digest of a Metalink. A mismatch is E_CHECKSUM and leaves no file. */
	readonly checksum?: string | Digest
	/** The length that the file must have: another is E_CHECKSUM, before a byte of it is kept where the server says it first. */
	readonly bytes?: number
	/**
	 * Digests of the file's pieces. Where the bytes do not pass, those of wrong pieces alone are fetched once more; without a
	 * checksum the file is checked by them, which a stream cannot be.
	 */
	readonly pieces?: PieceHashes
	/** Attempts in a row without a new byte before a segment gives up. @default 8 */
	readonly retries?: number
	/** Time for name, TCP and TLS. @default 15_000 */
	readonly connectTimeoutMs?: number
	/** No byte for this long gives a connection up; bounds the wait for a head too. @default 15_000 */
	readonly stallTimeoutMs?: number
	/** The whole download. @default none */
	readonly maxTimeMs?: number
	/** @default 20 */
	readonly maxRedirects?: number
	/** Refuses more with E_TOO_LARGE. @default none */
	readonly maxBytes?: number
	/** When the target exists: `name.1.ext`, replace it, leave it and resolve with `skipped`, or E_EXISTS. @default 'rename' */
	readonly ifExists?: 'rename' | 'overwrite' | 'skip' | 'error'
	/** Ignores what an earlier run left. @default false */
	readonly fresh?: boolean
	/** Small files too are synced to the disk before they count as done. @default false */
	readonly sync?: boolean
	/**
	 * Called when the address has expired (401, 403 or 410), once for all connections, with the address that failed; resolves
	 * with another one of the same file, without user info. Headers still go to the first URL's own origin alone. What it throws
	 * ends the download with E_AUTH.
	 *
	 * @default asks by way of the first URL again, which may redirect to another address
	 * @example download(link, { refresh: async () => (await api.signedLink('data.tar')).url })
	 */
	readonly refresh?: (expired: URL) => string | URL | Promise<string | URL>
	/** Sent to the URL's own origin alone. */
	readonly headers?: Readonly<Record<string, string>>
	/** @default `skein/VERSION` */
	readonly userAgent?: string
}

/** What all downloads of one client share. */
export interface ClientOptions {
	/** Connections to one host, all downloads together. @default 32 */
	readonly maxPerHost?: number
	/**
	 * Keeps what was learned of hosts for later runs: how many connections they allow, and how many paid. It is a small file,
	 * `skein/hosts.jsonl` in `$XDG_CACHE_HOME` or `~/.cache`, with names of hosts and numbers.
	 * @default true
	 */
	readonly hostMemory?: boolean
	/** Bytes of files a second, all downloads together. @default no limit */
	readonly limitRate?: number
	/** Accepts any certificate. @default false */
	readonly insecure?: boolean
	/** Certificates, in PEM, to trust instead of the system's. */
	readonly ca?: string
}
