import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { Place } from '../../destination/contract.ts'
import type { JournalState } from '../../journal/contract.ts'
import { type ByteRange, lengthOf } from '../../model/byte-range.ts'
import type { Committed } from '../../model/combine.ts'
import { RangeSet } from '../../model/range-set.ts'
import { SegmentMap } from '../../model/segment-map.ts'
import { type Resource, resourceFrom } from '../../source/resource.ts'
import { statusError } from '../../source/status-error.ts'
import { type Answer, askForRange } from '../lanes/answer.ts'
import { Locator } from '../lanes/locator.ts'
import type { DownloadSpec } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
import { type Trusted, trustedExtents } from './trust.ts'

/** A place that an earlier run left, with what of it can be built on. */
interface Resumed {
	readonly place: Place
	readonly map: SegmentMap
	readonly committed: Committed
	readonly gap: ByteRange | undefined
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
		const resumed = await trustPlace(place, deps)
		begun = resumed === undefined ? undefined : await goOn(spec, deps, resumed)
		return begun
	} finally {
		if (begun === undefined) await place.sink.close()
	}
}

async function trustPlace(place: Place, { random }: OpeningDeps): Promise<Resumed | undefined> {
	const { state, sink } = place
	if (state === undefined) return undefined
	const crcOf = async (range: ByteRange): Promise<number | undefined> => sink.checksum?.(range.start, lengthOf(range))
	const trusted = await trustedExtents(state, crcOf, random)
	await recordTrusted(place, state, trusted)
	const { bytes, identity } = state.header
	const map = new SegmentMap(bytes, trusted)
	// Only what a strong validator names was journaled: it decides alone, whatever digests are known besides.
	return { place, map, committed: { bytes, identity, digestKnown: false }, gap: map.free()[0] }
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
	const { place, map, committed, gap } = resumed
	const begin = {
		kind: 'begun',
		place,
		map,
		committed,
		lease: deps.lease,
		single: false,
		resumedFrom: map.writtenBytes,
	} as const
	if (gap === undefined) return { ...begin, resource: resourceOfJournal(spec, committed), response: undefined }
	const answer = await askForGap(spec, deps, committed, gap)
	const { combination, url, exchange } = answer
	if (combination.kind !== 'part') {
		deps.notice(`${redactUrl(url)} ${whyAnew(answer)}; starting over`)
		return undefined
	}
	deps.lease.moveTo(url.host)
	return {
		...begin,
		resource: resourceOf(answer, committed),
		response: { exchange, start: gap.start, end: combination.range.end, openEnded: false },
	}
}

function askForGap(spec: DownloadSpec, deps: OpeningDeps, committed: Committed, gap: ByteRange): Promise<Answer> {
	const locator = new Locator(deps.transport, spec.asking, spec.url, spec.url)
	return askForRange((wanted, cancel) => locator.send(wanted, cancel), committed, gap, deps.cancel)
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
