import type { Digest } from './digest.ts'
import { type Link, parseLinks } from './link-header.ts'
import { bestOf, lastPriority, locationIn, numberIn, type PreferredAddress } from './preferred-address.ts'
import { identityFrom, strongValidator } from './validator.ts'

/** Another address of the same file, as the server of the first one named it (Metalink/HTTP, RFC 6249). */
export interface LinkedMirror extends PreferredAddress {
	/** How many folders above the file are mirrored too (§3.4). */
	readonly depth: number | undefined
	/**
	 * Whether the mirror names versions by the same ETags (§3.3): then an equal strong ETag shows that its bytes are of the same
	 * version. Of any other mirror nothing but a digest shows it.
	 */
	readonly sharesEtags: boolean
}

export interface MetalinkLinks {
	/** The preferred first. */
	readonly mirrors: readonly LinkedMirror[]
	/** Where a Metalink document of the file is (§4). */
	readonly describedBy: readonly URL[]
}

const nothing: MetalinkLinks = { mirrors: [], describedBy: [] }

/** A download is served by a few; servers that were named to be flooded shall see as few of us (§9). */
const mostMirrors = 16

/**
 * What the Link fields of an answer say of the file.
 *
 * To be asked of the answers of the first server alone: what a mirror says of further mirrors could lead in circles (§2). They
 * count only beside a digest of the file, by which wrong bytes of a mirror are found (§2); a CRC is none, since whoever likes
 * makes other bytes of the same.
 *
 * @param from where the answer came from
 * @param digests those of the whole file that the same answer sent
 */
export function metalinkLinks(
	fields: ReadonlyMap<string, string>,
	from: URL,
	digests: readonly Digest[],
): MetalinkLinks {
	if (!digests.some(({ algorithm }) => !algorithm.startsWith('crc'))) return nothing
	const links = parseLinks(fields.get('link') ?? '')
	const hasStrongEtag = strongValidator(identityFrom(fields))?.kind === 'etag'
	// Of one priority those that share ETags come first, since If-Match keeps another version from being sent at all (§2).
	const mirrors = links
		.flatMap(link => mirrorOf(link, from, hasStrongEtag))
		.sort((a, b) => Number(b.sharesEtags) - Number(a.sharesEtags))
	return {
		mirrors: bestOf(mirrors, mostMirrors),
		describedBy: links.flatMap(link => (describes(link) ? (addressOf(link, from) ?? []) : [])).slice(0, 1),
	}
}

function mirrorOf(link: Link, from: URL, hasStrongEtag: boolean): LinkedMirror[] {
	const url = link.relations.includes('duplicate') ? addressOf(link, from) : undefined
	if (url === undefined || url.href === from.href) return []
	const { parameters } = link
	return [
		{
			url,
			priority: numberIn(parameters.get('pri'), 1, lastPriority) ?? lastPriority,
			location: locationIn(parameters.get('geo')),
			depth: numberIn(parameters.get('depth'), 0, 999),
			sharesEtags: hasStrongEtag && parameters.has('pref'),
		},
	]
}

function describes({ relations, parameters }: Link): boolean {
	return relations.includes('describedby') && parameters.get('type')?.toLowerCase() === 'application/metalink4+xml'
}

/** By http or https, and not from https to http, where the bytes could be read on the way. */
function addressOf({ target }: Link, from: URL): URL | undefined {
	if (!URL.canParse(target, from.href)) return undefined
	const url = new URL(target, from)
	url.hash = ''
	const safe = url.protocol === 'https:' || (url.protocol === 'http:' && from.protocol === 'http:')
	return safe && url.username === '' && url.password === '' ? url : undefined
}
