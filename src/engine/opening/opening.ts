import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { AlreadyThere } from '../../destination/contract.ts'
import { type Committed, canContinue, combine } from '../../model/combine.ts'
import { chooseFileName, fileNameFromUrl } from '../../model/file-name.ts'
import { SegmentMap, unknownEnd } from '../../model/segment-map.ts'
import { strongValidator } from '../../model/validator.ts'
import { discardBody } from '../../source/discard-body.ts'
import { type Probed, probe } from '../../source/probe.ts'
import type { Resource } from '../../source/resource.ts'
import { Restart } from '../restart.ts'
import type { DownloadSpec } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
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
	const probed = await probe(deps.transport, spec.url, spec.asking, deps.cancel, deps.ranged)
	try {
		deps.lease.moveTo(probed.resource.url.host)
		refuseTooLarge(spec, probed.resource)
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
	const name = deps.destination.fixedName ?? chooseFileName({ disposition: resource.disposition, url: resource.url })
	// Only now is the name known that an earlier run had from the server.
	const resumed = name === guess ? undefined : await resumeUnder(name, spec, deps)
	if (resumed !== undefined && resumed !== 'anew') {
		if (exchange !== undefined) await discardBody(exchange)
		return resumed
	}
	const place = await openPlace(spec, deps, resource, name)
	if (place.kind === 'already-there') {
		if (exchange !== undefined) await discardBody(exchange)
		return place
	}
	const committed = commitmentTo(spec, resource)
	return {
		kind: 'begun',
		resource,
		place,
		map: new SegmentMap(resource.bytes),
		committed,
		lease: deps.lease,
		response: exchange === undefined ? undefined : { exchange, ...delivers, openEnded: true },
		single: !resource.ranges || resource.bytes === undefined || !canContinue(committed),
		resumedFrom: 0,
	}
}

/** A later run can go on only under a strong validator: a digest tells too late, when all has been fetched. */
function openPlace({ urlIdentity }: DownloadSpec, { destination }: OpeningDeps, resource: Resource, name: string) {
	const { bytes, identity, ranges } = resource
	const resumable = ranges && bytes !== undefined && strongValidator(identity) !== undefined
	return destination.open({ ...urlIdentity, name, bytes, identity, resumable })
}

function commitmentTo(spec: DownloadSpec, resource: Resource): Committed {
	const digestKnown = spec.checksum !== undefined || resource.digests.length > 0
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
