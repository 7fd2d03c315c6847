import type { ProbeResult } from '../../api/client.ts'
import { formatBytes } from '../../base/bytes.ts'
import { escapeForTerminal } from '../../base/escape.ts'

/** What a server offers, for a person: a fact a line. */
export function describeOffer(offer: ProbeResult): readonly string[] {
	const facts: readonly (readonly [string, string])[] = [
		['url', offer.url],
		...offer.redirects.map((url): [string, string] => ['redirected by', url]),
		['name', offer.name],
		['size', offer.bytes === null ? 'unknown' : `${formatBytes(offer.bytes)} (${offer.bytes} bytes)`],
		['ranges', offer.ranges ? 'yes: many connections, and resume' : 'no: one connection'],
		['validator', validatorOf(offer)],
		['type', offer.contentType ?? 'not said'],
		...offer.digests.map(({ algorithm, value }): [string, string] => ['digest', `${algorithm} ${value}`]),
		...offer.mirrors.map((url): [string, string] => ['mirror', url]),
	]
	const labelColumns = Math.max(...facts.map(([label]) => label.length))
	return facts.map(([label, value]) => `${label.padEnd(labelColumns)}  ${escapeForTerminal(value)}`)
}

/** The same for a program, beside the `probed` event: what that one has no fields for. */
export const offerFields = (id: number, offer: ProbeResult): object => ({
	event: 'offer',
	id,
	name: offer.name,
	redirects: offer.redirects,
	digests: offer.digests.map(({ algorithm, value, source }) => ({ algorithm, value, source })),
	mirrors: offer.mirrors,
	etag: offer.etag,
	lastModified: offer.lastModified,
	contentType: offer.contentType,
})

function validatorOf({ validator, etag, lastModified }: ProbeResult): string {
	if (validator === 'etag') return `ETag ${etag}`
	if (validator === 'last-modified') return `Last-Modified ${lastModified}`
	return 'none that is strong: what is fetched cannot be told from another version'
}
