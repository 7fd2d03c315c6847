import { describe, expect, test } from 'vitest'
import { composeRequest } from '../../src/transport/http1/request.ts'
import { get } from './asking.ts'

test('a request names target and host, and sends the headers in their order', () => {
	const headers: [string, string][] = [
		['Range', 'bytes=0-'],
		['Accept-Encoding', 'identity'],
	]
	expect(composeRequest(get('http://user:secret@example.org:8080/a%20b?c=d#e', { headers })).text).toBe(
		'GET /a%20b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nConnection: keep-alive\r\n' +
			'Range: bytes=0-\r\nAccept-Encoding: identity\r\n\r\n',
	)
})

test('what is shown of a request holds no secret', () => {
	expect(composeRequest(get('http://user:secret@example.org/a?token=b')).where).toBe('http://example.org/a')
})

describe('what could end a header early, or frame the message, is E_USAGE', () => {
	test.each<[name: string, value: string]>([
		['X', 'a\r\nHost: evil'],
		['X', 'a\nb'],
		['X', 'a\rb'],
		['X', 'a\0b'],
		['X', 'a\x7fb'],
		['X', 'a\u2028b'],
		['X\r\nY', 'a'],
		['X Y', 'a'],
		['X:', 'a'],
		['', 'a'],
		['Host', 'elsewhere'],
		['connection', 'close'],
		['Content-Length', '5'],
		['Transfer-Encoding', 'chunked'],
	])('%j: %j', (name, value) => {
		const compose = () => composeRequest(get('http://example.org/', { headers: [[name, value]] }))
		expect(compose).toThrow(expect.objectContaining({ code: 'E_USAGE' }))
	})

	test('an address that is not of the web', () => {
		expect(() => composeRequest(get('ftp://example.org/'))).toThrow(expect.objectContaining({ code: 'E_USAGE' }))
	})
})
