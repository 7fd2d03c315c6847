import { DownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import { coverFile } from '../model/piece-hashes.ts'
import type { DownloadSpec } from './spec.ts'

/**
 * Throws E_CHECKSUM where a file of `bytes` cannot be the one that the caller described: a length is a digest of few words.
 * RFC 5854 §4.2.14: what is of another size is not to be kept.
 */
export function refuseOtherLength({ bytes: wanted, pieces }: DownloadSpec, bytes: number, url: URL): void {
	if ((wanted === undefined || bytes === wanted) && (pieces === undefined || coverFile(pieces, bytes))) return
	const expected = wanted ?? `as many as ${pieces?.hashes.length} pieces of ${pieces?.pieceBytes}`
	throw new DownloadError('E_CHECKSUM', `${redactUrl(url)} has ${bytes} bytes, not ${expected}`, {
		details: { bytes, expected },
		hint: 'The address leads to another file, or to another version of it, than the one that was described.',
	})
}

/** A body that nobody announced the length of may run on for ever. */
export function tooMuchOf({ maxBytes }: DownloadSpec, bytes: number, url: URL): DownloadError | undefined {
	if (bytes <= (maxBytes ?? Number.POSITIVE_INFINITY)) return undefined
	return new DownloadError('E_TOO_LARGE', `${redactUrl(url)} sends more than the ${maxBytes} bytes that are allowed`)
}
