import type { Cancel } from '../base/abort.ts'
import { formatBytes } from '../base/bytes.ts'
import { isDownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import { lengthOf } from '../model/byte-range.ts'
import { canContinue } from '../model/combine.ts'
import { looksLikeDamage, type Piece, type PieceHashes, piecesOf } from '../model/piece-hashes.ts'
import type { Begun } from './opening/begun.ts'
import type { DownloadSpec, EngineDeps } from './spec.ts'

/** A download whose bytes are all there and did not pass. */
export interface Failed {
	readonly error: unknown
	readonly spec: DownloadSpec
	readonly begun: Begun
	/** Bytes of several sources are in the file. */
	readonly mixed: boolean
	readonly governor: EngineDeps['governor']
	readonly cancel: Cancel
	readonly notice: (message: string) => void
}

/**
 * Finds the pieces that are wrong, forgets their bytes, and resolves with what a further transfer can begin with: it fetches
 * those and no others.
 *
 * Rejects with the error itself where it is not of the content, or pieces do not tell what of it is wrong.
 */
export async function prepareRepair({ error, spec, begun, mixed, governor, cancel, notice }: Failed): Promise<Begun> {
	const { resource, committed, map } = begun
	const { pieces } = spec
	if (!isDownloadError(error, 'E_CHECKSUM') || pieces === undefined || map.bytes === undefined) throw error
	// Without parts that can be trusted all of it would come again.
	if (!resource.ranges || !canContinue(committed)) throw error
	const wrong = await wrongPieces(begun, pieces, cancel)
	if (wrong === undefined || !looksLikeDamage(pieces, wrong)) throw error
	const wrongBytes = wrong.reduce((sum, { range }) => sum + lengthOf(range), 0)
	notice(`${redactUrl(resource.url)}: ${formatBytes(wrongBytes)} came damaged; fetching them once more`)
	for (const { range } of wrong) map.forgetWritten(range)
	await recordWhatIsRight(begun)
	const sharedUnder = begun.sharedUnder ?? (mixed ? begun.digests[0] : undefined)
	return { ...begun, sharedUnder, lease: await governor.acquire(resource.url.host, cancel), response: undefined }
}

/** Undefined where the content cannot be read back. */
export async function wrongPieces(
	{ map, place }: Begun,
	pieces: PieceHashes,
	cancel: Cancel,
): Promise<readonly Piece[] | undefined> {
	const bytes = map.bytes ?? map.front
	return place.findWrongPieces?.(pieces.algorithm, piecesOf(pieces, bytes), cancel)
}

/** What is known to be wrong must not be found in the journal by a run that may know no pieces. */
async function recordWhatIsRight({ map, place: { journal, sink } }: Begun): Promise<void> {
	const state = await journal?.load()
	if (journal === undefined || state === undefined) return
	await sink.flush()
	await journal.begin(
		state.header,
		map.written.map(range => ({ kind: 'durable', range })),
	)
	for (const range of map.written) map.markDurable(range)
}
