import { setTimeout } from 'node:timers/promises'
import { createClient } from '../../src/api/client.ts'
import type { DownloadOptions } from '../../src/api/options.ts'
import { isDownloadError } from '../../src/base/errors.ts'
import { pseudoRandom } from '../support/body.ts'
import type { Origin } from '../support/origin.ts'

/** Large enough for a journal. */
export const large: Buffer = pseudoRandom(5_000_000)
/** What somebody else has written, and wants to find again. */
export const mine = 'mine'

/** How a download ended. */
export interface Fetched {
	/** `right`, or the code of its error. */
	readonly code: string
	readonly path?: string | null
	readonly resumedFrom?: number
}

const quick: DownloadOptions = { connections: 4, minSplitBytes: 64 * 1024, retries: 2 }

/** A download in this process, by a client of its own. */
export async function fetchHere(url: string, options: DownloadOptions): Promise<Fetched> {
	const client = createClient()
	try {
		const { path, resumedFrom } = await client.download(url, { ...quick, ...options })
		return { code: 'right', path, resumedFrom }
	} catch (error) {
		if (!isDownloadError(error)) throw error
		return { code: error.code }
	} finally {
		await client.close()
	}
}

export async function untilSent(origin: Origin, bytes: number): Promise<void> {
	while (origin.bytesSent < bytes) await setTimeout(5)
}
