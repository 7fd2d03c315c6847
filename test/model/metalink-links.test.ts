import { expect, test } from 'vitest'
import type { Digest } from '../../src/model/digest.ts'
import { type MetalinkLinks, metalinkLinks } from '../../src/model/metalink-links.ts'

const from = new URL('https://host/folder/file.bin')
const digests: readonly Digest[] = [{ algorithm: 'sha-256', value: '0'.repeat(64), source: 'repr-digest' }]

const read = (link: string, etag: string | undefined = '"v1"', known = digests, at = from): MetalinkLinks =>
	metalinkLinks(new Map([['link', link], ...(etag === undefined ? [] : [['etag', etag] as const])]), at, known)

const addresses = (links: MetalinkLinks): readonly string[] => links.mirrors.map(({ url }) => url.href)

test('mirrors come by their priority, with what is said of each', () => {
	const links = read(
		'<https://b/f>; rel=duplicate; pri=2; geo=DE, <https://a/f>; rel="duplicate"; pri=1; pref; depth=1, <../f>; rel=duplicate',
	)
	expect(links.mirrors).toEqual([
		{ url: new URL('https://a/f'), priority: 1, location: undefined, depth: 1, sharesEtags: true },
		{ url: new URL('https://b/f'), priority: 2, location: 'de', depth: undefined, sharesEtags: false },
		{ url: new URL('https://host/f'), priority: 999_999, location: undefined, depth: undefined, sharesEtags: false },
	])
})

test.each<[string, string | undefined]>([
	['without an ETag', undefined],
	['beside a weak ETag', 'W/"v1"'],
])('a mirror is not known to share ETags %s', (_, etag) => {
	const fields = new Map([['link', '<https://a/f>; rel=duplicate; pref']])
	if (etag !== undefined) fields.set('etag', etag)
	expect(metalinkLinks(fields, from, digests).mirrors.map(({ sharesEtags }) => sharesEtags)).toEqual([false])
})

test.each<[string, readonly Digest[]]>([
	['no digest', []],
	['a CRC alone', [{ algorithm: 'crc32c', value: '00000000', source: 'x-goog-hash' }]],
])('with %s nothing is believed', (_, known) => {
	const link =
		'<https://a/f>; rel=duplicate; pref, <https://a/f.meta4>; rel=describedby; type="application/metalink4+xml"'
	expect(read(link, '"v1"', known)).toEqual({ mirrors: [], describedBy: [] })
})

test.each<[string, string]>([
	['the address itself', '<https://host/folder/file.bin#x>; rel=duplicate'],
	['another protocol', '<ftp://a/f>; rel=duplicate'],
	['one that can be read on the way', '<http://a/f>; rel=duplicate'],
	['one with a login', '<https://me:secret@a/f>; rel=duplicate'],
	['what is no address', '<https://[>; rel=duplicate'],
	['another relation', '<https://a/f>; rel=next'],
	['a mirror of another resource', '<https://a/f>; rel=duplicate; anchor="/other"'],
])('%s is no mirror', (_, link) => {
	expect(read(link).mirrors).toEqual([])
})

test('from http a mirror may be by http', () => {
	const link = '<http://a/f>; rel=duplicate'
	expect(addresses(read(link, '"v1"', digests, new URL('http://host/f')))).toEqual(['http://a/f'])
})

test('thousands of mirrors are sixteen, the best, and each once', () => {
	const named = Array.from({ length: 900 }, (_, nth) => `<https://a/${nth % 450}>; rel=duplicate; pri=${999 - nth}`)
	expect(addresses(read(named.join(', ')))).toEqual(Array.from({ length: 16 }, (_, nth) => `https://a/${449 - nth}`))
})

test('priorities that are none come last', () => {
	const link =
		'<https://a/>; rel=duplicate; pri=0, <https://b/>; rel=duplicate; pri=first, <https://c/>; rel=duplicate; pri=7'
	expect(addresses(read(link))).toEqual(['https://c/', 'https://a/', 'https://b/'])
})

test('nothing is said where there is no Link field, nor of a document at no address of the web', () => {
	expect(metalinkLinks(new Map(), from, digests)).toEqual({ mirrors: [], describedBy: [] })
	const link = '<ftp://host/f.meta4>; rel=describedby; type="application/metalink4+xml"'
	expect(read(link)).toEqual({ mirrors: [], describedBy: [] })
})

test('a Metalink document is known by its type', () => {
	const link =
		'<f.sig>; rel=describedby; type="application/pgp-signature", <f.meta4>; rel=describedby; type="application/metalink4+xml"'
	expect(read(link).describedBy.map(String)).toEqual(['https://host/folder/f.meta4'])
})
