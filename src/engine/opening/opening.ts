import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { AlreadyThere, Place } from '../../destination/contract.ts'
import { type Committed, canContinue } from '../../model/combine.ts'
import { chooseFileName } from '../../model/file-name.ts'
import { SegmentMap } from '../../model/segment-map.ts'
import { discardBody } from '../../source/discard-body.ts'
import { type Probed, probe } from '../../source/probe.ts'
import type { Resource } from '../../source/resource.ts'
import type { DownloadSpec } from '../spec.ts'
import type { Begun, OpeningDeps } from './begun.ts'
import { resumePlace } from './resume.ts'

/**
 * Makes the first request and takes the place for the file. An unfinished run is gone on with where the server still has
 * its version; `earlier` is the one found under the name that the URL suggests.
 */
export async function openDownload(
	spec: DownloadSpec,
	deps: OpeningDeps,
	earlier: Place | undefined,
): Promise<Begun | AlreadyThere> {
	const resumed = earlier === undefined ? undefined : await resumePlace(spec, deps, earlier)
	if (resumed !== undefined) return resumed
	const probed = await probe(deps.transport, spec.url, spec.asking, deps.cancel, deps.ranged)
	try {
		deps.lease.moveTo(probed.resource.url.host)
		return await openProbed(spec, deps, probed)
	} catch (error) {
		probed.exchange?.cancel(error)
		throw error
	}
}

async function openProbed(spec: DownloadSpec, deps: OpeningDeps, probed: Probed): Promise<Begun | AlreadyThere> {
	const { resource } = probed
	refuseTooLarge(spec, resource)
	const name = deps.destination.fixedName ?? chooseFileName({ disposition: resource.disposition, url: resource.url })
	// Only now is the name known that an earlier run had from the server.
	const earlier = await deps.destination.findUnfinished(name, spec.urlIdentity)
	if (earlier !== undefined) {
		if (probed.exchange !== undefined) await discardBody(probed.exchange)
		const resumed = await resumePlace(spec, deps, earlier)
		return resumed ?? openDownload(spec, deps, undefined)
	}
	const committed = commitmentTo(spec, resource)
	const resumable = resource.ranges && resource.bytes !== undefined && canContinue(committed)
	const place = await deps.destination.open({
		...spec.urlIdentity,
		name,
		bytes: resource.bytes,
		identity: resource.identity,
		resumable,
	})
	if (place.kind === 'already-there') {
		if (probed.exchange !== undefined) await discardBody(probed.exchange)
		return place
	}
	return {
		kind: 'begun',
		resource,
		place,
		map: new SegmentMap(resource.bytes),
		committed,
		lease: deps.lease,
		response:
			probed.exchange === undefined ? undefined : { exchange: probed.exchange, ...probed.delivers, openEnded: true },
		single: !resumable,
		resumedFrom: 0,
	}
}

function commitmentTo(spec: DownloadSpec, resource: Resource): Committed {
	const digestKnown = spec.checksum !== undefined || resource.digests.length > 0
	return { bytes: resource.bytes, identity: resource.identity, digestKnown }
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
