import { describe, expect, test } from 'vitest'
import { type Asking, isFixedField, requestFor, type Wanted } from '../../src/source/asking.ts'

const url = new URL('https://files.example.test/a.tar?token=1')

function asking(headers: Asking['headers'] = []): Asking {
	return {
		headers,
		headersOrigin: 'https://files.example.test',
		userAgent: 'skein/1',
		connectTimeoutMs: 1000,
		stallTimeoutMs: 2000,
		maxRedirects: 5,
	}
}

const sent = (wanted: Wanted | undefined, headers: Asking['headers'] = [], to: URL = url) =>
	requestFor(to, wanted, asking(headers)).headers

const modified = 'Mon, 15 Jun 2026 12:00:00 GMT'
const date = 'Tue, 16 Jun 2026 12:00:00 GMT'

describe('a request', () => {
	test('for the whole asks for no range and no coding', () => {
		expect(requestFor(url, undefined, asking())).toEqual({
			url,
			headers: [
				['User-Agent', 'skein/1'],
				['Accept', '*/*'],
				['Accept-Encoding', 'identity'],
			],
			connectTimeoutMs: 1000,
			stallTimeoutMs: 2000,
		})
	})

	test.each<[Wanted, string]>([
		[{ start: 0 }, 'bytes=0-'],
		[{ start: 7, end: undefined }, 'bytes=7-'],
		[{ start: 7, end: 8 }, 'bytes=7-7'],
		[{ start: 0, end: 1000 }, 'bytes=0-999'],
	])('for %j asks for one range', (wanted, range) => {
		expect(sent(wanted).filter(([name]) => name === 'Range')).toEqual([['Range', range]])
	})

	test.each<[string, Wanted['ifRange'], string | undefined]>([
		['a strong ETag', { etag: '"v1"', lastModified: modified, date }, '"v1"'],
		['a strong Last-Modified alone', { etag: undefined, lastModified: modified, date }, modified],
		['a weak ETag', { etag: 'W/"v1"', lastModified: undefined, date }, undefined],
		['a weak ETag beside a strong Last-Modified', { etag: 'W/"v1"', lastModified: modified, date }, undefined],
		['a weak Last-Modified', { etag: undefined, lastModified: modified, date: modified }, undefined],
		['nothing', { etag: undefined, lastModified: undefined, date }, undefined],
		['no version', undefined, undefined],
	])('of a version that has %s says in If-Range what may be said', (_, ifRange, value) => {
		const conditions = sent({ start: 100, end: 200, ifRange }).filter(([name]) => name === 'If-Range')
		expect(conditions).toEqual(value === undefined ? [] : [['If-Range', value]])
	})
})

describe('headers that the user gave', () => {
	const secrets: Asking['headers'] = [
		['Authorization', 'Bearer secret'],
		['Cookie', 'session=secret'],
		['X-Api-Key', 'secret'],
	]

	test('go to the origin that the user named, after our own', () => {
		expect(sent(undefined, secrets).slice(-3)).toEqual(secrets)
		expect(sent(undefined, secrets, new URL('https://files.example.test:443/elsewhere')).slice(-3)).toEqual(secrets)
	})

	test.each([
		['another host', 'https://cdn.example.test/a.tar'],
		['a host that contains its name', 'https://files.example.test.evil.test/a.tar'],
		['another port', 'https://files.example.test:8443/a.tar'],
		['another scheme', 'http://files.example.test/a.tar'],
	])('do not go to %s', (_, elsewhere) => {
		expect(sent({ start: 0 }, secrets, new URL(elsewhere))).toEqual(sent({ start: 0 }, [], new URL(elsewhere)))
	})

	test('replace the user agent and what is accepted, in whatever case they are written', () => {
		const headers = sent(undefined, [
			['user-agent', 'curl/8'],
			['ACCEPT', 'text/plain'],
		])
		expect(headers).toEqual([
			['Accept-Encoding', 'identity'],
			['user-agent', 'curl/8'],
			['ACCEPT', 'text/plain'],
		])
	})

	test('may be repeated', () => {
		const cookies: Asking['headers'] = [
			['X-Tag', 'a'],
			['X-Tag', 'b'],
		]
		expect(sent(undefined, cookies).slice(-2)).toEqual(cookies)
	})

	const fixed = [
		'Accept-Encoding',
		'Range',
		'If-Range',
		'Host',
		'Connection',
		'Content-Length',
		'Transfer-Encoding',
		'TE',
		'Upgrade',
		'Expect',
	]

	test.each(fixed.flatMap(name => [[name], [name.toLowerCase()], [name.toUpperCase()]]))(
		'never touch %s, on which the right bytes or the connection depend',
		name => {
			const wanted: Wanted = { start: 5, ifRange: { etag: '"v1"', lastModified: undefined, date: undefined } }
			expect(isFixedField(name)).toBe(true)
			expect(sent(wanted, [[name, 'mine']])).toEqual(sent(wanted))
		},
	)

	test('are the user’s where nothing depends on them', () => {
		for (const [name] of [...secrets, ['User-Agent'], ['Accept'], ['Referer']])
			expect(isFixedField(name as string)).toBe(false)
	})
})
