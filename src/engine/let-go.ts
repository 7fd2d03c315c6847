import { isDownloadError } from '../base/errors.ts'
import type { Place } from '../destination/contract.ts'
import type { Fetching } from './fetching.ts'

/**
 * Keeps what a later run can use, and deletes what none can. Never rejects: the error that ended the run is the one to tell,
 * and what could not be saved is fetched again.
 */
export async function letGo(place: Place, fetching: Fetching<unknown>, error: unknown): Promise<void> {
	if (isDownloadError(error, 'E_CHECKSUM') || place.journal === undefined) return ignore(place.sink.discard())
	await ignore(fetching.save())
	// The journal goes with the sink.
	await ignore(place.sink.close())
}

async function ignore(work: Promise<unknown>): Promise<void> {
	await work.catch(() => {})
}
