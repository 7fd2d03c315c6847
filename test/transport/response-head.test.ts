import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Framing, framingOf, keepsAlive } from '../../src/transport/http1/framing.ts'
import { HeadReader, maxHeadBytes } from '../../src/transport/http1/head-reader.ts'
import { type ParsedHead, parseHead } from '../../src/transport/http1/response-head.ts'

interface Understood {
	readonly head: ParsedHead
	readonly framing: Framing
	readonly keepAlive: boolean
	readonly rest: string
}

/** Reads a head as a connection would, in pieces of `pieceBytes`; undefined where it has not ended. */
function understand(wire: string, pieceBytes: number = wire.length): Understood | undefined {
	const reader = new HeadReader('http://here/')
	const bytes = Buffer.from(wire, 'latin1')
	for (let at = 0; at < bytes.length; at += pieceBytes) {
		const read = reader.read(bytes, at, Math.min(bytes.length, at + pieceBytes))
		if (read === undefined) continue
		const head = parseHead(read.lines, 'http://here/')
		const framing = framingOf(head, 'http://here/')
		return { head, framing, keepAlive: keepsAlive(head, framing), rest: wire.slice(read.rest) }
	}
	return undefined
}

const ok = 'HTTP/1.1 200 OK\r\n'

describe('a head that RFC 9112 allows', () => {
	const closed: Framing = { kind: 'close' }
	const chunked: Framing = { kind: 'chunked' }
	const length = (bytes: number): Framing => ({ kind: 'length', bytes })
	test.each<[name: string, wire: string, framing: Framing, keepAlive: boolean]>([
		['a length', `${ok}Content-Length: 5\r\n\r\n`, length(5), true],
		['a length of zero', `${ok}Content-Length: 0\r\n\r\n`, length(0), true],
		['the largest length', `${ok}Content-Length: 9007199254740991\r\n\r\n`, length(2 ** 53 - 1), true],
		['equal lengths twice', `${ok}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`, length(5), true],
		['equal lengths in one field', `${ok}Content-Length: 5, 5\r\n\r\n`, length(5), true],
		['chunks', `${ok}Transfer-Encoding: Chunked\r\n\r\n`, chunked, true],
		['neither', `${ok}\r\n`, closed, false],
		['a wish to close', `${ok}Content-Length: 5\r\nConnection: foo, Close\r\n\r\n`, length(5), false],
		['no reason', 'HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n', length(5), true],
		['no space before the missing reason', 'HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n', length(5), true],
		['204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', length(0), true],
		['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', length(0), true],
		['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n', length(5), false],
		['HTTP/1.0 that stays', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n', length(5), true],
		['bytes above ASCII', `${ok}X: \xe4\xff\r\nContent-Length: 5\r\n\r\n`, length(5), true],
		['an empty value and tabs', `${ok}X:\r\nY: \t a\tb \t\r\nContent-Length:5\r\n\r\n`, length(5), true],
	])('%s', (_, wire, framing, keepAlive) => {
		expect(understand(wire)).toMatchObject({ framing, keepAlive, rest: '' })
	})

	test('values lose the blanks around them and no others', () => {
		expect(understand(`${ok}Y: \t a\tb \t\r\n\r\n`)?.head.fields.get('y')).toBe('a\tb')
	})

	test('the same head is understood whatever the pieces in which it comes', () => {
		const wire = `${ok}Content-Length: 5\r\nETag: "x"\r\n\r\nrest of it`
		fc.assert(
			fc.property(fc.integer({ min: 1, max: wire.length }), pieceBytes => {
				expect(understand(wire, pieceBytes)).toEqual(understand(wire))
			}),
		)
	})
})

describe('a head that RFC 9112 forbids is E_PROTOCOL', () => {
	const long = 'x'.repeat(maxHeadBytes)
	test.each<[name: string, wire: string]>([
		['HTTP/0.9', '<html>hello</html>'],
		['ICY', 'ICY 200 OK\r\n\r\n'],
		['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
		['a version that does not exist', 'HTTP/1.2 200 OK\r\n\r\n'],
		['lower case', 'http/1.1 200 OK\r\n\r\n'],
		['an empty line first', `\r\n${ok}\r\n`],
		['two digits of status', 'HTTP/1.1 20 OK\r\n\r\n'],
		['four digits of status', 'HTTP/1.1 2000 OK\r\n\r\n'],
		['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
		['a status that is no number', 'HTTP/1.1 2x0 OK\r\n\r\n'],
		['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
		['a control byte in the reason', 'HTTP/1.1 200 O\x1bK\r\n\r\n'],
		['a bare LF after the status line', 'HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n'],
		['a bare LF after a field', `${ok}Content-Length: 5\n\r\n`],
		['a bare LF as the empty line', `${ok}Content-Length: 5\r\n\n`],
		['a bare CR in a value', `${ok}X: a\rContent-Length: 5\r\n\r\n`],
		['a CR too many', `${ok}X: a\r\r\n\r\n`],
		['NUL in a value', `${ok}X: a\0b\r\n\r\n`],
		['DEL in a value', `${ok}X: a\x7f\r\n\r\n`],
		['a folded line', `${ok}X: a\r\n b\r\n\r\n`],
		['a line folded by a tab', `${ok}X: a\r\n\tb\r\n\r\n`],
		['a space before the colon', `${ok}Content-Length : 5\r\n\r\n`],
		['no colon', `${ok}Content-Length 5\r\n\r\n`],
		['no name', `${ok}: 5\r\n\r\n`],
		['a name with a space', `${ok}Content Length: 5\r\n\r\n`],
		['unequal lengths', `${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`],
		['unequal lengths in one field', `${ok}Content-Length: 5, 6\r\n\r\n`],
		['an empty length', `${ok}Content-Length:\r\n\r\n`],
		['a negative length', `${ok}Content-Length: -5\r\n\r\n`],
		['a signed length', `${ok}Content-Length: +5\r\n\r\n`],
		['a hexadecimal length', `${ok}Content-Length: 0x5\r\n\r\n`],
		['a fractional length', `${ok}Content-Length: 5.0\r\n\r\n`],
		['a length with a space', `${ok}Content-Length: 5 0\r\n\r\n`],
		['a length beyond 2^53 - 1', `${ok}Content-Length: 9007199254740992\r\n\r\n`],
		['a length beyond 2^64', `${ok}Content-Length: 18446744073709551621\r\n\r\n`],
		['chunks and a length', `${ok}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n`],
		['a transfer coding that is not chunked', `${ok}Transfer-Encoding: gzip\r\n\r\n`],
		['two transfer codings', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`],
		['chunked twice', `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`],
		['an empty transfer coding', `${ok}Transfer-Encoding:\r\n\r\n`],
		['HTTP/1.0 with chunks', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
		['an endless line', `${ok}X: ${long}`],
		['endless fields', ok + 'X: y\r\n'.repeat(maxHeadBytes / 6)],
	])('%s', (_, wire) => {
		expect(() => understand(wire)).toThrow(expect.objectContaining({ code: 'E_PROTOCOL' }))
		expect(() => understand(wire, 1)).toThrow(expect.objectContaining({ code: 'E_PROTOCOL' }))
	})

	test('at the first byte that shows it, so that nobody waits for the rest', () => {
		expect(() => understand('HTTQ')).toThrow(expect.objectContaining({ code: 'E_PROTOCOL' }))
		expect(() => understand(`${ok}X: y\n`)).toThrow(expect.objectContaining({ code: 'E_PROTOCOL' }))
	})
})

test('a head of exactly the largest size is taken', () => {
	const frame = `${ok}X: \r\n\r\n`
	const wire = `${ok}X: ${'x'.repeat(maxHeadBytes - frame.length)}\r\n\r\n`
	expect(understand(wire)).toBeDefined()
})
