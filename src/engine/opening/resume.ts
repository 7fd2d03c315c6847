import type { Cancel } from '../../base/abort.ts'
import { DownloadError, isDownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { Place } from '../../destination/contract.ts'
import type { JournalState } from '../../journal/contract.ts'
import { type ByteRange, lengthOf } from '../../model/byte-range.ts'
import type { Committed } from '../../model/combine.ts'
import { type Digest, type DigestValue, sameDigest } from '../../model/digest.ts'
import { RangeSet } from '../../model/range-set.ts'
import { SegmentMap } from '../../model/segment-map.ts'
import { strongValidator } from '../../model/validator.ts'
import { type Resource, resourceFrom } from '../../source/resource.ts'
import { statusError } from '../../source/status-error.ts'
import { type Answer, askForRange } from '../lanes/answer.ts'
import { Locator } from '../lanes/locator.ts'
import { agreeWith, type Sample } from '../sources/agreement.ts'
import type { DownloadSpec } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
import { digestsToCheck } from './digests-to-check.ts'
import { type Trusted, trustedExtents } from './trust.ts'

/** A place that an earlier run left, with what of it can be built on. */
interface Resumed {
	readonly place: Place
	readonly map: SegmentMap
	readonly committed: Committed
	readonly gap: ByteRange | undefined
	/** The digest under which alone what is there counts; undefined where all of it is of the URL. */
	readonly sharedUnder: DigestValue | undefined
}

/**
 * Goes on with an earlier run: finds out what of it can be trusted, and asks the server for the first gap under the
 * validator of the journal.
 *
 * Undefined where the server has another version, or sends no parts any more: the download begins anew then, and what is
 * there is replaced when the new one has its first answer. Rejects, leaving the place for another time, where the server
 * cannot be asked.
 */
export async function resumePlace(spec: DownloadSpec, deps: OpeningDeps, place: Place): Promise<Begun | undefined> {
	let begun: Begun | undefined
	try {
		const resumed = isDescribed(spec, place) ? await trustPlace(place, deps) : undefined
		begun = resumed === undefined ? undefined : await goOn(spec, deps, resumed)
		return begun
	} finally {
		if (begun === undefined) await place.sink.close()
	}
}

/** What is of another length than the caller knows is of no use to him. */
function isDescribed({ bytes }: DownloadSpec, { state }: Place): boolean {
	return bytes === undefined || state === undefined || state.header.bytes === bytes
}

async function trustPlace(place: Place, { random }: OpeningDeps): Promise<Resumed | undefined> {
	const { state, sink } = place
	if (state === undefined) return undefined
	const crcOf = async (range: ByteRange): Promise<number | undefined> => sink.checksum?.(range.start, lengthOf(range))
	const trusted = await trustedExtents(state, crcOf, random)
	await recordTrusted(place, state, trusted)
	const { bytes, identity, sharedUnder } = state.header
	const map = new SegmentMap(bytes, trusted)
	// Only what a strong validator names was journaled: it decides alone, whatever digests are known besides.
	return { place, map, committed: { bytes, identity, digestKnown: false }, gap: map.free()[0], sharedUnder }
}

/** What was not trusted must not be found in the journal by the run after this one. */
async function recordTrusted({ journal }: Place, state: JournalState, trusted: Trusted): Promise<void> {
	const recorded = new RangeSet(state.records.map(record => record.range))
	if (journal === undefined || recorded.bytes === trusted.written.bytes) return
	// All of it was synced when the place was taken.
	const records = trusted.written.ranges.map(range => ({ kind: 'durable', range }) as const)
	await journal.begin(state.header, records)
}

async function goOn(spec: DownloadSpec, deps: OpeningDeps, resumed: Resumed): Promise<Begun | undefined> {
	const { checksum } = spec
	const { sharedUnder, committed } = resumed
	// Another digest of another kind may be of the same bytes; nobody can tell, and it is not the one that was to be kept.
	if (sharedUnder !== undefined && checksum !== undefined && !sameDigest(checksum, sharedUnder))
		return anew(deps, 'the digest is not the one under which it was begun')
	const isItsOwn = deps.address.index === 0 && strongValidator(committed.identity) !== undefined
	if (isItsOwn || resumed.gap === undefined) return goOnAtUrl(spec, deps, resumed)
	return checksum === undefined
		? anew(deps, 'what is there is of another address, and no digest vouches for it')
		: goOnElsewhere(spec, deps, resumed, checksum)
}

/** The URL is asked under the validator of the journal. */
async function goOnAtUrl(spec: DownloadSpec, deps: OpeningDeps, resumed: Resumed): Promise<Begun | undefined> {
	const { committed, gap } = resumed
	if (gap === undefined) return begin(spec, deps, resumed, { resource: resourceOfJournal(spec, committed) })
	const locator = new Locator(deps.transport, deps.address, deps.at)
	const answer = await askForGap(locator, committed, gap, deps.cancel)
	if (answer.combination.kind !== 'part') return anew(deps, `${redactUrl(answer.url)} ${whyAnew(answer)}`)
	return begin(spec, deps, resumed, { resource: resourceOf(answer, committed), answer })
}

/**
 * Another source than the one that the bytes are of: its validators say nothing about them. It is compared with what is
 * there, and the caller's digest vouches for the whole.
 */
async function goOnElsewhere(
	spec: DownloadSpec,
	deps: OpeningDeps,
	resumed: Resumed,
	checksum: Digest,
): Promise<Begun | undefined> {
	const { place, map } = resumed
	const { transport, address, at, clock, cancel } = deps
	const bytes = map.bytes as number
	const sample = await sampleOf(place, map)
	if (sample === undefined) return undefined
	const known = { bytes, digests: [checksum], under: checksum, vouched: address.linked, clock }
	const { committed, url } = await agreeWith(new Locator(transport, address, at), known, sample, cancel).catch(ofNoUse)
	if (resumed.sharedUnder === undefined) await place.journal?.share(checksum)
	const locator = new Locator(transport, address, url)
	const answer = await askForGap(locator, committed, resumed.gap as ByteRange, cancel)
	if (answer.combination.kind !== 'part')
		throw new DownloadError('E_CHANGED', `${redactUrl(answer.url)} ${whyAnew(answer)}`)
	const resource = resourceOf(answer, committed)
	return begin(spec, deps, { ...resumed, committed, sharedUnder: checksum }, { resource, answer })
}

/** A source that sends no parts, or such as cannot be trusted, is of as little use here as one that has another version. */
function ofNoUse(error: unknown): never {
	if (!isDownloadError(error, 'E_PROTOCOL')) throw error
	throw new DownloadError('E_CHANGED', error.message, { cause: error })
}

const sampleBytes = 64 * 1024

/** The beginning of what can be trusted, by which another source is compared. */
async function sampleOf({ sink }: Place, { written }: SegmentMap): Promise<Sample | undefined> {
	const [first] = written
	if (first === undefined) return undefined
	const range = { start: first.start, end: Math.min(first.end, first.start + sampleBytes) }
	const crc32 = await sink.checksum?.(range.start, lengthOf(range))
	return crc32 === undefined ? undefined : { range, crc32 }
}

function begin(
	spec: DownloadSpec,
	deps: OpeningDeps,
	{ place, map, committed, gap, sharedUnder }: Resumed,
	{ resource, answer }: { readonly resource: Resource; readonly answer?: Answer },
): Begun | undefined {
	const { lease, address, alone, known } = deps
	const digests = digestsToCheck(spec, [...known, ...resource.digests], sharedUnder)
	if (sharedUnder !== undefined && !digests.some(digest => sameDigest(digest, sharedUnder))) {
		answer?.exchange.cancel(undefined)
		return anew(
			deps,
			'bytes of several addresses are there, and the digest that vouched for them is not known any more',
		)
	}
	const begun = { kind: 'begun', address, alone, digests, sharedUnder, resource, place, map, committed, lease } as const
	const rest = { single: false, resumedFrom: map.writtenBytes }
	if (answer?.combination.kind !== 'part' || gap === undefined) return { ...begun, ...rest, response: undefined }
	lease.moveTo(answer.url.host)
	const { range } = answer.combination
	const response = { exchange: answer.exchange, start: gap.start, end: range.end, openEnded: false }
	return { ...begun, ...rest, response }
}

function anew(deps: OpeningDeps, why: string): undefined {
	deps.notice(`${why}; starting over`)
}

function askForGap(locator: Locator, committed: Committed, gap: ByteRange, cancel: Cancel): Promise<Answer> {
	return askForRange((wanted, until) => locator.send(wanted, until), committed, gap, cancel)
}

/** Throws where the answer says nothing about what is there. */
function whyAnew({ combination, url, exchange }: Answer): string {
	if (combination.kind === 'status') throw statusError(url, exchange.head)
	if (combination.kind === 'refused') {
		throw new DownloadError('E_PROTOCOL', `${redactUrl(url)} sent ${combination.why}`, {
			hint: 'If that stays so, --fresh begins anew without what is there.',
		})
	}
	exchange.cancel(undefined)
	return combination.kind === 'changed' ? `has changed since: ${combination.why}` : 'sends no parts any more'
}

function resourceOf(answer: Answer, committed: Committed): Resource {
	const size = { bytes: committed.bytes, ranges: true, wholeInOneResponse: false }
	return resourceFrom({ url: answer.url, hops: [] }, answer.exchange.head.fields, size)
}

/** Every byte is there already: the run ended between the last of them and the new name. */
function resourceOfJournal(spec: DownloadSpec, { bytes, identity }: Committed): Resource {
	const fields = new Map<string, string>()
	if (identity.etag !== undefined) fields.set('etag', identity.etag)
	if (identity.lastModified !== undefined) fields.set('last-modified', identity.lastModified)
	if (identity.date !== undefined) fields.set('date', identity.date)
	return resourceFrom({ url: spec.url, hops: [] }, fields, { bytes, ranges: true, wholeInOneResponse: false })
}
