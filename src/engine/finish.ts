import { type Cancel, throwIfCancelled } from '../base/abort.ts'
import { bothSettled } from '../base/both-settled.ts'
import { DownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import type { AlreadyThere } from '../destination/contract.ts'
import { type Digest, type DigestAlgorithm, isCallers } from '../model/digest.ts'
import type { Hashing } from '../verify/contract.ts'
import { concludeFrom, type Measured } from './conclusion.ts'
import type { DownloadResult } from './events.ts'
import { refuseOtherLength } from './expected-length.ts'
import type { Meter } from './meter.ts'
import type { Begun } from './opening/begun.ts'
import { wrongPieces } from './repair.ts'
import type { DownloadSpec } from './spec.ts'

/** A transfer whose last byte is written. */
export interface Transferred extends Measured {
	readonly spec: DownloadSpec
	readonly hashing: Hashing | undefined
	readonly startedMs: number
	readonly cancel: Cancel
	readonly entering: (state: 'verifying' | 'publishing') => void
}

/**
 * Begins to hash what will be checked: all that the caller gave, and the strongest digest that the server sent.
 * Where that cannot be, the place and the connection are given up.
 */
export async function startHashing(spec: DownloadSpec, begun: Begun): Promise<Hashing | undefined> {
	const algorithms = new Set(begun.digests.map(({ algorithm }) => algorithm))
	try {
		refuseUncheckable(spec, begun)
		return algorithms.size === 0 ? undefined : begun.place.hash([...algorithms])
	} catch (error) {
		begun.response?.exchange.cancel(error)
		begun.lease.release()
		await begun.place.sink.close()
		throw error
	}
}

/** Checks length, digests and pieces, gives the file its name, and says what the download was. Rejects with E_CHECKSUM or the sink's errors. */
export async function finishDownload(transferred: Transferred): Promise<DownloadResult> {
	const { spec, begun, fetching, hashing, meter, cancel } = transferred
	const bytes = begun.map.bytes ?? begun.map.front
	transferred.entering('verifying')
	const found = hashing === undefined ? noDigests : await whileSyncing(begun, digestsOf(hashing, bytes, cancel))
	refuseOtherLength(spec, bytes, begun.resource.url)
	const verified = check(begun, found)
	if (spec.checksum === undefined) await checkPieces(transferred)
	throwIfCancelled(cancel)
	transferred.entering('publishing')
	const published = await begun.place.sink.publish(bytes)
	const durationMs = transferred.deps.clock.now() - transferred.startedMs
	const { verdict, explanation } = concludeFrom(transferred, durationMs)
	return {
		path: published.path ?? null,
		bytes,
		durationMs: Math.round(durationMs),
		bytesReceived: meter.bytesReceived,
		requests: meter.requests,
		connectionsPeak: meter.connectionsPeak,
		resumedFrom: begun.resumedFrom,
		lengthVerified: fetching.lengthVerified,
		verified,
		verdict,
		explanation,
		skipped: false,
	}
}

const callersDigestHint = 'Check that the checksum is of this very file; if it is, the file was damaged or replaced.'

type Digests = ReadonlyMap<DigestAlgorithm, string>

const noDigests: Digests = new Map()

/** A cancelled caller does not wait for the rest of a large file to be hashed. */
async function digestsOf(hashing: Hashing, bytes: number, cancel: Cancel): Promise<Digests> {
	const stopListening = cancel.onCancel(() => void hashing.close())
	try {
		return await hashing.finish(bytes)
	} catch (error) {
		throwIfCancelled(cancel)
		throw error
	} finally {
		stopListening()
	}
}

/**
 * What has to be on the disk before it is published gets there while the rest is hashed. Both have ended when it settles: of
 * two syncs at once only one may be told what was lost.
 */
async function whileSyncing<T>({ place }: Begun, hashing: Promise<T>): Promise<T> {
	const [hashed] = await bothSettled(hashing, place.journal === undefined ? Promise.resolve() : place.sink.flush())
	return hashed
}

/** The file was there, and was asked to be left alone. */
export function skippedResult({ path, bytes }: AlreadyThere, meter: Meter): DownloadResult {
	return {
		path,
		bytes,
		durationMs: 0,
		bytesReceived: meter.bytesReceived,
		requests: meter.requests,
		connectionsPeak: 0,
		resumedFrom: 0,
		lengthVerified: true,
		verified: [],
		verdict: { bottleneck: 'too-short-to-tell', text: 'The file was there already.' },
		explanation: null,
		skipped: true,
	}
}

function check({ digests, resource }: Begun, found: Digests): readonly Digest[] {
	for (const { algorithm, value, source } of digests) {
		const actual = found.get(algorithm)
		if (actual === value) continue
		throw new DownloadError('E_CHECKSUM', `${redactUrl(resource.url)}: ${algorithm} is ${actual}, not ${value}`, {
			details: { algorithm, expected: value, actual, source },
			hint: isCallers(source)
				? callersDigestHint
				: 'The server says so itself: the file was damaged on the way. Try again.',
		})
	}
	return digests
}

/** Who knows pieces and no digest of the whole has it checked by them. */
async function checkPieces({ spec: { pieces }, begun, cancel }: Transferred): Promise<void> {
	if (pieces === undefined) return
	const wrong = (await wrongPieces(begun, pieces, cancel)) ?? []
	if (wrong.length === 0) return
	const url = redactUrl(begun.resource.url)
	throw new DownloadError('E_CHECKSUM', `${url}: ${wrong.length} of ${pieces.hashes.length} pieces are not right`, {
		details: { algorithm: pieces.algorithm, wrong: wrong.length, pieces: pieces.hashes.length, source: 'caller' },
		hint: callersDigestHint,
	})
}

/** What passes through without being kept cannot be asked which of its pieces are right. */
function refuseUncheckable({ pieces, checksum }: DownloadSpec, { place }: Begun): void {
	if (pieces === undefined || checksum !== undefined || place.findWrongPieces !== undefined) return
	throw new DownloadError('E_USAGE', 'Pieces alone cannot be checked where the bytes go to a stream', {
		hint: 'Download to a file, or give the checksum of the whole.',
	})
}
