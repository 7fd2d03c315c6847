import type { Cancel } from '../../base/abort.ts'
import type { Clock } from '../../base/clock.ts'
import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import { type ByteRange, lengthOf } from '../../model/byte-range.ts'
import { type Committed, combine } from '../../model/combine.ts'
import { crc32 } from '../../model/crc32.ts'
import { contradict, type Digest, type DigestValue, isCallers, sameDigest } from '../../model/digest.ts'
import { digestsFromFields } from '../../model/digest-fields.ts'
import { identityFrom } from '../../model/validator.ts'
import { statusError } from '../../source/status-error.ts'
import type { Exchange } from '../../transport/contract.ts'
import type { Locator } from '../lanes/locator.ts'

/** Bytes that are there, by which another source is measured. */
export interface Sample {
	readonly range: ByteRange
	readonly crc32: number
}

/** What a source that agrees has shown. */
export interface Agreement {
	/** Its own version: from here on the rules within one source hold (RFC 9110 §15.3.7.3). */
	readonly committed: Committed
	/** Where it answered from, after all redirects. */
	readonly url: URL
	/** Undefined where it came too fast to tell. */
	readonly bytesPerSecond: number | undefined
}

/** What is known of the file that a source has to agree with. */
export interface Known {
	readonly bytes: number
	/** Digests that will be checked; a source must not contradict any of them. */
	readonly digests: readonly Digest[]
	/** The one under which bytes of several sources count together. */
	readonly under: DigestValue | undefined
	/** Whether it is of this source's bytes, whatever that says itself. */
	readonly vouched: boolean
}

/** Below this a body says more about buffers than about the line. */
const leastTimedMs = 50

/**
 * Asks a source for bytes that are there already, and compares: the length, the digests, and the bytes themselves. Nothing
 * of the answer is kept.
 *
 * Rejects with E_CHANGED where it has another version, and with E_CHECKSUM where nothing proves that it has the same.
 */
export async function agreeWith(
	locator: Locator,
	known: Known & { readonly clock: Clock },
	sample: Sample,
	cancel: Cancel,
): Promise<Agreement> {
	const { exchange, url } = await locator.send(sample.range, cancel)
	try {
		const judged = judgeHead(url, exchange, known, sample)
		const startedMs = known.clock.now()
		if ((await crcOfBody(exchange, lengthOf(sample.range))) !== sample.crc32)
			throw disagrees(url, 'other bytes at the same place')
		const tookMs = known.clock.now() - startedMs
		const bytesPerSecond = tookMs < leastTimedMs ? undefined : (lengthOf(sample.range) * 1000) / tookMs
		return { ...judged, url, bytesPerSecond }
	} catch (error) {
		exchange.cancel(error)
		throw error
	}
}

function judgeHead(url: URL, exchange: Exchange, known: Known, { range }: Sample): Pick<Agreement, 'committed'> {
	const { head } = exchange
	const committed = { bytes: known.bytes, identity: identityFrom(head.fields), digestKnown: true }
	const combination = combine(committed, range, head)
	switch (combination.kind) {
		case 'part':
			if (lengthOf(combination.range) < lengthOf(range)) throw noParts(url)
			requireDigest(url, exchange, known)
			return { committed }
		case 'changed':
			throw disagrees(url, combination.why)
		case 'status':
			throw statusError(url, head)
		case 'refused':
			throw new DownloadError('E_PROTOCOL', `${redactUrl(url)} sent ${combination.why}`)
		case 'whole':
		case 'ended':
			throw noParts(url)
	}
}

/** The caller's digest is of the file, wherever it comes from. One that a server sends is of its own: both must say the same. */
function requireDigest(url: URL, { head }: Exchange, { digests, under, vouched }: Known): void {
	const sent = digestsFromFields({ fields: head.fields, wholeInOneResponse: false })
	if (contradict(sent, digests)) throw disagrees(url, 'another digest')
	if (vouched && under !== undefined) return
	const same = digests.filter(digest => under !== undefined && sameDigest(digest, under))
	if (same.some(digest => isCallers(digest.source) || sent.some(other => sameDigest(other, digest)))) return
	throw new DownloadError('E_CHECKSUM', `nothing proves that ${redactUrl(url)} has the same file`, {
		hint: 'With --checksum its bytes can be used too.',
	})
}

/** Undefined where more came than a part may have. */
async function crcOfBody(exchange: Exchange, mostBytes: number): Promise<number | undefined> {
	const memory = new Uint8Array(16 * 1024)
	let crc = 0
	let came = 0
	const filled = (bytes: number): boolean => {
		crc = crc32(memory.subarray(0, bytes), crc)
		came += bytes
		if (came > mostBytes) exchange.cancel(undefined)
		return came <= mostBytes
	}
	try {
		await exchange.receive({ memory: () => memory, filled })
		return crc
	} catch (error) {
		if (came > mostBytes) return undefined
		throw error
	}
}

const disagrees = (url: URL, why: string): DownloadError =>
	new DownloadError('E_CHANGED', `${redactUrl(url)} has another version of the file: ${why}`)

const noParts = (url: URL): DownloadError => new DownloadError('E_PROTOCOL', `${redactUrl(url)} sends no parts`)
