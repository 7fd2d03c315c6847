import { describe, expect, test } from 'vitest'
import type { DownloadError } from '../../src/base/errors.ts'
import type { MetalinkFile } from '../../src/metalink/described-file.ts'
import { parseMetalink } from '../../src/metalink/metalink.ts'
import { malformed, md5, safeNames, sha1, sha256, unsafeNames, url3, url4, v3, v4 } from './documents.ts'

const read = (text: string): readonly MetalinkFile[] => parseMetalink(text, { name: 'it', from: 'file' })
const readOne = (text: string): MetalinkFile => read(text)[0] as MetalinkFile

function faultOf(text: string, from: 'file' | 'server'): DownloadError {
	try {
		parseMetalink(text, { name: 'it', from })
	} catch (error) {
		return error as DownloadError
	}
	throw new Error('It was read')
}

const hrefs = ({ urls }: MetalinkFile): readonly string[] => urls.map(({ url }) => url.href)

describe('of a Metalink 4', () => {
	test('all is read that a download can use, and the rest is passed over', () => {
		const text = v4(`
			<identity>Example</identity><version>1.0</version><language>en</language><os>Linux-x86</os>
			<size>17</size>
			<hash type="sha-1">${sha1.toUpperCase()}</hash><hash type="whirlpool">whatever</hash>
			<hash type="sha-256"> ${sha256} </hash>
			<pieces length="8" type="md5"><hash>${md5}</hash><hash>${md5}</hash><hash>${md5}</hash></pieces>
			<pieces length="16" type="sha-1"><hash>${sha1}</hash><hash>${sha1}</hash></pieces>
			<pieces length="4" type="tiger"><hash>unknown</hash></pieces>
			<signature mediatype="application/pgp-signature"><![CDATA[-----BEGIN PGP SIGNATURE-----]]></signature>
			<url location="DE" priority="2">https://de.host/file.bin</url>
			<url>http://far.host/file.bin</url>
			<url priority="1" location="somewhere">http://near.host/file.bin?a=1&amp;b=2</url>
			<url priority="1">ftp://host/file.bin</url>
			<metaurl priority="1" mediatype="torrent">http://host/file.torrent</metaurl>
			<x:url xmlns:x="urn:else">http://else.host/</x:url>
			<x:more xmlns:x="urn:else" xmlns="urn:ietf:params:xml:ns:metalink"><url>http://inner.host/</url></x:more>`)
		expect(read(text)).toEqual([
			{
				name: 'file.bin',
				bytes: 17,
				digests: [
					{ algorithm: 'sha-256', value: sha256, source: 'metalink' },
					{ algorithm: 'sha-1', value: sha1, source: 'metalink' },
				],
				pieces: { algorithm: 'sha-1', pieceBytes: 16, hashes: [sha1, sha1] },
				urls: [
					{ url: new URL('http://near.host/file.bin?a=1&b=2'), priority: 1, location: undefined },
					{ url: new URL('https://de.host/file.bin'), priority: 2, location: 'de' },
					{ url: new URL('http://far.host/file.bin'), priority: 999_999, location: undefined },
				],
			},
		])
	})

	test('every file is read, in order, by whatever prefix', () => {
		const text = `\ufeff<m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink">
			<m:file name="b"><m:url>http://host/b</m:url></m:file>
			<m:file name="a"><m:url><![CDATA[http://host/a?x&y]]></m:url></m:file></m:metalink>`
		expect(read(text).map(file => [file.name, ...hrefs(file)])).toEqual([
			['b', 'http://host/b'],
			['a', 'http://host/a?x&y'],
		])
	})

	test('addresses count once, of one priority in their order, and no more than the best 64', () => {
		const many = Array.from({ length: 200 }, (_, nth) => `<url priority="${200 - nth}">http://host/${nth}</url>`)
		expect(hrefs(readOne(v4(many.join(''))))).toEqual(
			Array.from({ length: 64 }, (_, nth) => `http://host/${199 - nth}`),
		)
		const twice = '<url>http://b/</url><url>http://a/</url><url priority="7">http://b/</url>'
		expect(hrefs(readOne(v4(twice)))).toEqual(['http://b/', 'http://a/'])
	})

	test.each(['0', '1000000', '-1', '1.5', 'first', ''])('a priority of “%s” is none', priority => {
		const [url] = readOne(v4(`<url priority="${priority}">http://host/</url>`)).urls
		expect(url?.priority).toBe(999_999)
	})
})

describe('of a Metalink 3', () => {
	test('all is read that a download can use, and the rest is passed over', () => {
		const text = v3(
			`<hash type="md5">${md5}</hash><hash type="sha256">${sha256}</hash><signature type="pgp">…</signature>
			<pieces length="4" type="sha1"><hash piece="2">${'2'.repeat(40)}</hash><hash piece="0">${'0'.repeat(40)}</hash><hash piece="1">${'1'.repeat(40)}</hash></pieces>`,
			`<url type="ftp" preference="100">ftp://host/file.bin</url>
			<url type="bittorrent" preference="100">http://host/file.torrent</url>
			<url type="http" location="uk" preference="10">http://low.host/file.bin</url>
			<url type="http">http://none.host/file.bin</url>
			<url type="https" preference="90">https://high.host/file.bin</url>`,
		)
		const file = readOne(text)
		expect(file).toMatchObject({
			bytes: 10,
			pieces: { algorithm: 'sha-1', pieceBytes: 4, hashes: ['0', '1', '2'].map(digit => digit.repeat(40)) },
		})
		expect(file.digests.map(({ algorithm }) => algorithm)).toEqual(['sha-256', 'md5'])
		expect(file.urls.map(({ url, priority, location }) => [url.host, priority, location])).toEqual([
			['high.host', 11, undefined],
			['low.host', 91, 'uk'],
			['none.host', 999_999, undefined],
		])
	})

	test('a size that is left empty is none', () => {
		expect(readOne(v3('', url3).replace('>10<', '><')).bytes).toBeUndefined()
	})
})

describe('what is malformed is refused with its line', () => {
	test.each(malformed)('%s', (_, text, line) => {
		expect(faultOf(text, 'file')).toMatchObject({ code: 'E_USAGE', details: { line } })
		expect(faultOf(text, 'server')).toMatchObject({ code: 'E_PROTOCOL', details: { line } })
	})

	test('more than 16 MiB', () => {
		expect(faultOf(v4(`${url4}<!--${' '.repeat(1 << 24)}-->`), 'server').message).toContain('more than 16777216 bytes')
	})

	test('more than a million elements and attributes', () => {
		const text = `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${'<a b=""/>'.repeat(500_001)}</metalink>`
		expect(faultOf(text, 'file').message).toContain('more than 1000000 elements')
	})

	test('more than ten thousand files', () => {
		const file = `<file name="a">${url4}</file>`
		const text = `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${file.repeat(10_001)}</metalink>`
		expect(faultOf(text, 'file').message).toContain('more than 10000 files')
	})
})

describe('a name', () => {
	test.each(unsafeNames)('“%s” is refused, whoever gave it', name => {
		for (const from of ['file', 'server'] as const)
			for (const text of [v4(url4, name), v3('', url3, name)])
				expect(faultOf(text, from)).toMatchObject({ code: 'E_UNSAFE_NAME' })
	})

	test.each(safeNames)('“%s” becomes “%s”', (given, taken) => {
		expect(readOne(v4(url4, given)).name).toBe(taken)
	})

	test('that is refused acts on no terminal', () => {
		expect(faultOf(v4(url4, '../\u009b31m'), 'server').message).not.toMatch(/[\u0080-\u009f]/)
	})
})
