import { type Client, createClient, type ProbeOptions, type ProbeResult } from './client.ts'
import type { DownloadRun } from './download-run.ts'
import type { DownloadAddresses } from './download-url.ts'
import type { DownloadOptions } from './options.ts'

let shared: Client | undefined

/** The client of those who did not ask for one; made when it is first needed. */
function sharedClient(): Client {
	shared ??= createClient()
	return shared
}

/**
 * Downloads a URL by as many connections as help.
 *
 * A list is of addresses of the same file: the first names it. With a checksum, or a digest that the servers send and that is
 * the same, all share the work; without, the others stand by for when the first fails.
 *
 * The promise resolves when the file is whole, right, and under its name; until then there is none of that name. It
 * rejects with a `DownloadError`. Iterated over, it tells how far it is. Throws E_USAGE for options that cannot be.
 *
 * @example const { path } = await download('https://example.org/data.tar', { to: 'data/' })
 */
export function download(url: DownloadAddresses, options: DownloadOptions = {}): DownloadRun {
	return sharedClient().download(url, options)
}

/**
 * Asks what a server offers under a URL: size, ranges, validator, name, digests. Rejects with a `DownloadError`.
 *
 * @example const { bytes, ranges } = await probe('https://example.org/data.tar')
 */
export function probe(url: string | URL, options: ProbeOptions = {}): Promise<ProbeResult> {
	return sharedClient().probe(url, options)
}
