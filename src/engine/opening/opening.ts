import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { AlreadyThere } from '../../destination/contract.ts'
import { type Committed, canContinue, combine } from '../../model/combine.ts'
import { type DigestValue, isCallers } from '../../model/digest.ts'
import { chooseFileName, fileNameFromUrl } from '../../model/file-name.ts'
import { SegmentMap, unknownEnd } from '../../model/segment-map.ts'
import { type Identity, strongValidator } from '../../model/validator.ts'
import { discardBody } from '../../source/discard-body.ts'
import { type Probed, probe } from '../../source/probe.ts'
import type { Resource } from '../../source/resource.ts'
import { refuseOtherLength } from '../expected-length.ts'
import { Restart } from '../restart.ts'
import type { Address } from '../sources/address.ts'
import type { DownloadSpec } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
import { digestsToCheck } from './digests-to-check.ts'
import { resumePlace } from './resume.ts'

/**
 * Makes the first request and takes the place for the file. An unfinished run is gone on with where the server still has
 * its version.
 */
export async function openDownload(spec: DownloadSpec, deps: OpeningDeps): Promise<Begun | AlreadyThere> {
	const guess = deps.destination.fixedName ?? fileNameFromUrl(spec.url)
	const resumed = guess === undefined ? undefined : await resumeUnder(guess, spec, deps)
	if (resumed === 'anew') return openDownload(spec, { ...deps, anew: true })
	if (resumed !== undefined) return resumed
	const probed = await probe(deps.transport, deps.at, deps.address.asking, deps.cancel, deps.ranged)
	try {
		deps.lease.moveTo(probed.resource.url.host)
		refuseTooLarge(spec, probed.resource)
		if (probed.resource.bytes !== undefined) refuseOtherLength(spec, probed.resource.bytes, probed.resource.url)
		refuseOther(deps.only, probed)
		return await openProbed(spec, deps, probed, guess)
	} catch (error) {
		probed.exchange?.cancel(error)
		throw error
	}
}

/** Undefined where there is nothing to go on with; `anew` where there is something and it has lost its worth. */
async function resumeUnder(name: string, spec: DownloadSpec, deps: OpeningDeps): Promise<Begun | 'anew' | undefined> {
	if (deps.anew) return undefined
	const earlier = await deps.destination.findUnfinished(name, spec.urlIdentity)
	return earlier === undefined ? undefined : ((await resumePlace(spec, deps, earlier)) ?? 'anew')
}

async function openProbed(
	spec: DownloadSpec,
	deps: OpeningDeps,
	probed: Probed,
	guess: string | undefined,
): Promise<Begun | AlreadyThere> {
	const { resource, exchange, delivers } = probed
	const name = deps.destination.fixedName ?? nameOf(spec, deps.address, resource)
	// Only now is the name known that an earlier run had from the server.
	const resumed = name === guess ? undefined : await resumeUnder(name, spec, deps)
	if (resumed !== undefined && resumed !== 'anew') {
		if (exchange !== undefined) await discardBody(exchange)
		return resumed
	}
	const digests = digestsToCheck(spec, [...deps.known, ...resource.digests])
	// Under the name of another URL, its bytes count by the caller's digest alone.
	const sharedUnder = deps.address.index === 0 ? undefined : digests.find(({ source }) => isCallers(source))
	const place = await openPlace(spec, deps, resource, { name, sharedUnder })
	if (place.kind === 'already-there') {
		if (exchange !== undefined) await discardBody(exchange)
		return place
	}
	const committed = commitmentTo(spec, resource)
	return {
		kind: 'begun',
		address: deps.address,
		alone: deps.alone,
		digests,
		sharedUnder,
		resource,
		place,
		map: new SegmentMap(resource.bytes),
		committed,
		lease: deps.lease,
		response: exchange && { exchange, start: delivers.start, end: delivers.end, openEnded: true },
		single: !resource.ranges || resource.bytes === undefined || !canContinue(committed),
		resumedFrom: 0,
	}
}

/**
 * A later run can go on only under a strong validator: a digest tells too late, when all has been fetched. The validators of
 * a mirror are no names for versions of the URL (RFC 9110 §8.8.1): they are not recorded. Its bytes are gone on with only
 * where the caller's digest vouches for them and the source that goes on has the same.
 */
function openPlace(
	{ urlIdentity }: DownloadSpec,
	{ destination, address }: OpeningDeps,
	{ bytes, identity, ranges }: Resource,
	{ name, sharedUnder }: { readonly name: string; readonly sharedUnder: DigestValue | undefined },
) {
	const proven = address.index === 0 ? strongValidator(identity) !== undefined : sharedUnder !== undefined
	const resumable = ranges && bytes !== undefined && proven
	const named = address.index === 0 ? identity : nobody
	const { url, urlDigest } = urlIdentity
	return destination.open({ url, urlDigest, name, bytes, identity: named, resumable, sharedUnder })
}

const nobody: Identity = { etag: undefined, lastModified: undefined, date: undefined }

/** A mirror's path is no name for the file, unless nothing else is. */
function nameOf({ url }: DownloadSpec, { index }: Address, { disposition, url: found }: Resource): string {
	const named = index > 0 && fileNameFromUrl(url) !== undefined ? url : found
	return chooseFileName({ disposition, url: named })
}

function commitmentTo(spec: DownloadSpec, resource: Resource): Committed {
	const digestKnown = spec.checksum !== undefined || spec.pieces !== undefined || resource.digests.length > 0
	return { bytes: resource.bytes, identity: resource.identity, digestKnown }
}

/** What comes in place of ranges that are gone must be the version that was begun: a login page is none. */
function refuseOther(only: Committed | undefined, { resource, exchange }: Probed): void {
	if (only === undefined || exchange === undefined) return
	const combination = combine(only, { start: 0, end: unknownEnd }, exchange.head)
	if (combination.kind === 'changed') throw new Restart('changed', combination.why)
	if (combination.kind === 'refused') {
		throw new DownloadError('E_PROTOCOL', `${redactUrl(resource.url)} sent ${combination.why}`)
	}
}

function refuseTooLarge(spec: DownloadSpec, resource: Resource): void {
	if ((resource.bytes ?? 0) <= (spec.maxBytes ?? Number.POSITIVE_INFINITY)) return
	throw new DownloadError(
		'E_TOO_LARGE',
		`${redactUrl(resource.url)} has ${resource.bytes} bytes; ${spec.maxBytes} are allowed`,
		{
			details: { bytes: resource.bytes, maxBytes: spec.maxBytes },
			hint: 'A larger --max-size allows it.',
		},
	)
}
