import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { Place } from '../../destination/contract.ts'
import type { JournalState } from '../../journal/contract.ts'
import { lengthOf } from '../../model/byte-range.ts'
import type { Committed } from '../../model/combine.ts'
import { RangeSet } from '../../model/range-set.ts'
import { SegmentMap, unknownEnd } from '../../model/segment-map.ts'
import { requestFor, type Wanted } from '../../source/asking.ts'
import { type Followed, follow } from '../../source/follow.ts'
import { type Resource, resourceFrom } from '../../source/resource.ts'
import { statusError } from '../../source/status-error.ts'
import { type Answer, askForRange } from '../lanes/answer.ts'
import type { DownloadSpec } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
import { type Trusted, trustedExtents } from './trust.ts'

/**
 * Goes on with an earlier run: finds out what of it can be trusted, and asks the server for the first gap under the
 * validator of the journal. Undefined where the server has another version, or sends no parts any more: the place is
 * given up then, and the download begins anew.
 *
 * Rejects, leaving the place as it is for another time, where the server cannot be asked.
 */
export async function resumePlace(spec: DownloadSpec, deps: OpeningDeps, place: Place): Promise<Begun | undefined> {
	const { state, sink } = place
	if (state === undefined) return undefined
	try {
		const trusted = await trustedExtents(state, range => checksumOf(place, range.start, lengthOf(range)), deps.random)
		await recordTrusted(place, state, trusted)
		const { bytes, identity } = state.header
		const map = new SegmentMap(bytes, trusted)
		const committed: Committed = { bytes, identity, digestKnown: spec.checksum !== undefined }
		const gap = map.free()[0]
		const begin = {
			kind: 'begun' as const,
			place,
			map,
			committed,
			lease: deps.lease,
			single: false,
			resumedFrom: map.writtenBytes,
		}
		if (gap === undefined) return { ...begin, resource: resourceOfJournal(spec, committed), response: undefined }
		const answer = await askForRange(sendFrom(spec, deps), committed, gap, deps.cancel)
		const fallback = await judge(answer, deps, place)
		if (fallback !== undefined) return undefined
		deps.lease.moveTo(answer.url.host)
		const end = answer.combination.kind === 'part' ? answer.combination.range.end : unknownEnd
		return {
			...begin,
			resource: resourceOf(answer, committed),
			response: { exchange: answer.exchange, start: gap.start, end, openEnded: false },
		}
	} catch (error) {
		await sink.close()
		await place.journal?.close()
		throw error
	}
}

/** What was not trusted must not be found in the journal by the run after this one. */
async function recordTrusted({ journal }: Place, state: JournalState, trusted: Trusted): Promise<void> {
	const recorded = new RangeSet(state.records.map(record => record.range))
	if (journal === undefined || recorded.bytes === trusted.written.bytes) return
	await journal.begin(state.header)
	// All of it was synced when the resume began.
	for (const range of trusted.written.ranges) journal.append({ kind: 'durable', range })
	await journal.sync()
}

const checksumOf = async (place: Place, at: number, bytes: number): Promise<number | undefined> =>
	place.sink.checksum?.(at, bytes)

function sendFrom(spec: DownloadSpec, deps: OpeningDeps) {
	return (wanted: Wanted | undefined): Promise<Followed> =>
		follow(deps.transport, spec.url, at => requestFor(at, wanted, spec.asking), spec.asking.maxRedirects, deps.cancel)
}

/** Answers why the place cannot be gone on with; undefined where it can. */
async function judge(answer: Answer, deps: OpeningDeps, place: Place): Promise<string | undefined> {
	const { combination, url, exchange } = answer
	switch (combination.kind) {
		case 'part':
			return undefined
		case 'status':
			throw statusError(url, exchange.head)
		case 'refused':
			throw new DownloadError('E_PROTOCOL', `${redactUrl(url)} sent ${combination.why}`)
		case 'changed':
			return giveUp(place, deps, `${redactUrl(url)} has changed since: ${combination.why}. Starting over.`)
		case 'whole':
		case 'ended':
			exchange.cancel(undefined)
			return giveUp(place, deps, `${redactUrl(url)} sends no parts any more. Starting over.`)
	}
}

async function giveUp(place: Place, deps: OpeningDeps, why: string): Promise<string> {
	deps.notice(why)
	await place.sink.discard()
	return why
}

function resourceOf(answer: Answer, committed: Committed): Resource {
	const size = { bytes: committed.bytes, ranges: true, wholeInOneResponse: false }
	return resourceFrom({ url: answer.url, hops: [] }, answer.exchange.head.fields, size)
}

/** Every byte is there already: the run ended between the last of them and the new name. */
function resourceOfJournal(spec: DownloadSpec, committed: Committed): Resource {
	const { etag, lastModified, date } = committed.identity
	const fields = new Map(
		Object.entries({ etag, 'last-modified': lastModified, date }).filter(
			(entry): entry is [string, string] => entry[1] !== undefined,
		),
	)
	return resourceFrom({ url: spec.url, hops: [] }, fields, {
		bytes: committed.bytes,
		ranges: true,
		wholeInOneResponse: false,
	})
}
