import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChunkedCounter } from '../../src/transport/http1/chunked.ts'

interface Decoded {
	readonly body: Buffer
	readonly done: boolean
	/** How much of the wire was taken. */
	readonly used: number
}

/** Decodes a wire that comes in pieces ending at `cuts`. */
function decode(wire: Buffer, cuts: readonly number[] = []): Decoded {
	const counter = new ChunkedCounter('http://here/')
	const body: Buffer[] = []
	let at = 0
	for (const to of [...cuts, wire.length]) {
		while (at < to && !counter.done) {
			if (counter.owed === 0) at = counter.skip(wire, at, to)
			const taken = Math.min(counter.owed, to - at)
			body.push(wire.subarray(at, at + taken))
			if (taken > 0) counter.took(taken)
			at += taken
		}
	}
	return { body: Buffer.concat(body), done: counter.done, used: at }
}

const text = (wire: string): Buffer => Buffer.from(wire, 'latin1')

/** A chunked body as a server might send it: any sizes, cases, extensions and trailer fields. */
const sent = fc
	.record({
		chunks: fc.array(
			fc.record({
				data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
				zeros: fc.integer({ min: 0, max: 3 }),
				upper: fc.boolean(),
				extension: fc.constantFrom('', ';a', ' ;a=b', ';a="b;c"', '\t; x'),
			}),
			{ maxLength: 6 },
		),
		trailer: fc.constantFrom('', 'X: y\r\n', 'X: y\r\nZ:\r\n'),
	})
	.map(({ chunks, trailer }) => {
		const encoded = chunks.map(({ data, zeros, upper, extension }) => {
			const hex = data.length.toString(16)
			const size = '0'.repeat(zeros) + (upper ? hex.toUpperCase() : hex)
			return Buffer.concat([text(`${size}${extension}\r\n`), data, text('\r\n')])
		})
		return {
			body: Buffer.concat(chunks.map(({ data }) => data)),
			wire: Buffer.concat([...encoded, text(`0\r\n${trailer}\r\n`)]),
		}
	})

test('chunks give the same bytes whatever the pieces in which they come', () => {
	fc.assert(
		fc.property(sent, fc.array(fc.nat()), ({ body, wire }, anywhere) => {
			const cuts = anywhere.map(cut => cut % (wire.length + 1)).sort((a, b) => a - b)
			expect(decode(wire, cuts)).toEqual({ body, done: true, used: wire.length })
		}),
	)
})

test('chunks that come byte by byte give the same bytes', () => {
	fc.assert(
		fc.property(sent, ({ body, wire }) => {
			const everywhere = Array.from({ length: wire.length }, (_, index) => index)
			expect(decode(wire, everywhere)).toEqual({ body, done: true, used: wire.length })
		}),
		{ numRuns: 30 },
	)
})

test('chunks cut short anywhere are not done, and what came is a beginning of the body', () => {
	fc.assert(
		fc.property(sent, ({ body, wire }) => {
			for (let cut = 0; cut < wire.length; cut++) {
				const decoded = decode(wire.subarray(0, cut))
				expect(decoded.done).toBe(false)
				expect(body.subarray(0, decoded.body.length).equals(decoded.body)).toBe(true)
			}
		}),
		{ numRuns: 30 },
	)
})

test('nothing after the last chunk is taken', () => {
	const wire = text('3\r\nabc\r\n0\r\n\r\n')
	expect(decode(Buffer.concat([wire, text('HTTP/1.1 200 OK')]))).toMatchObject({ done: true, used: wire.length })
})

describe('chunks that RFC 9112 forbids are E_PROTOCOL', () => {
	test.each<[name: string, wire: string]>([
		['no size', '\r\nabc'],
		['a size that is no number', 'x\r\nabc'],
		['a size with a prefix', '0x3\r\nabc'],
		['a negative size', '-3\r\nabc'],
		['a blank before the size', ' 3\r\nabc'],
		['a blank before the line end', '3 \r\nabc'],
		['a size beyond 2^53 - 1', '20000000000000\r\nabc'],
		['a size of 2^64 + 3', '10000000000000003\r\nabc'],
		['a bare LF after the size', '3\nabc'],
		['a bare CR after the size', '3\rabc'],
		['a bare LF in an extension', '3;a\nabc'],
		['NUL in an extension', '3;a\0\r\nabc'],
		['more data than the size says', '3\r\nabcd\r\n'],
		['less data than the size says', '3\r\nab\r\n0\r\n\r\n'],
		['a bare LF after the data', '3\r\nabc\n0\r\n\r\n'],
		['a bare LF at the end', '0\r\n\n'],
		['a bare LF in a trailer', '0\r\nX: y\n\r\n'],
		['NUL in a trailer', '0\r\nX: \0\r\n\r\n'],
		['an endless size line', `3;${'x'.repeat(5000)}`],
		['endless zeros', '0'.repeat(5000)],
		['endless trailers', `0\r\n${'X: y\r\n'.repeat(20_000)}`],
	])('%s', (_, wire) => {
		expect(() => decode(text(wire))).toThrow(expect.objectContaining({ code: 'E_PROTOCOL' }))
	})
})
