import { isDownloadError } from '../base/errors.ts'
import type { Place } from '../destination/contract.ts'
import { Restart } from './restart.ts'
import type { Transfer } from './transfer.ts'

/** Keeps what a later run can use, and deletes what none can. */
export async function letGo(place: Place, transfer: Transfer, error: unknown): Promise<void> {
	const useless =
		error instanceof Restart || isDownloadError(error, 'E_CHECKSUM') || isDownloadError(error, 'E_CHANGED')
	if (useless || place.journal === undefined) return place.sink.discard()
	try {
		await transfer.save()
	} catch {
		// The error that ended the run is the one to tell; what could not be saved is fetched again.
	}
	await place.journal.close()
	await place.sink.close()
}
