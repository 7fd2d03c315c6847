import fc from 'fast-check'

/* Answers as servers send them, and as they should not. Texts hold one byte in each character. */

const token = fc.constantFrom('ETag', 'X-A', 'x-a', 'Date', 'Server', '_', "!#$%&'*+-.^`|~", 'Content-Lengthy')
const blanks = fc.constantFrom('', ' ', '\t', ' \t ')
const anyText = fc
	.array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 20 })
	.map(codes => String.fromCharCode(...codes.filter(code => code !== 0x7f)))
const anyBytes = fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes).toString('latin1'))

const field = fc.tuple(token, blanks, anyText, blanks).map(([name, before, value, after]) => {
	return `${name}:${before}${value}${after}\r\n`
})
const fields = fc.array(field, { maxLength: 4 }).map(lines => lines.join(''))

const connection = fc.constantFrom(
	'',
	'Connection: close\r\n',
	'Connection: keep-alive, x\r\n',
	'Connection: Close \r\n',
)
const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0')
const status = fc.constantFrom(
	'200 OK',
	'200 OK',
	'200 OK',
	'206 Partial Content',
	'204 ',
	'304',
	'404 \xe4',
	'599 x y',
)
const interim = fc.constantFrom('', '', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n')

const chunk = fc
	.record({
		data: fc.uint8Array({ minLength: 1, maxLength: 200 }).map(bytes => Buffer.from(bytes).toString('latin1')),
		zeros: fc.constantFrom('', '0', '000'),
		upper: fc.boolean(),
		extension: fc.constantFrom('', '', ';a', ' ;a=b', ';a="b;c"', '\t; \xff', ';'),
	})
	.map(({ data, zeros, upper, extension }) => {
		const size = data.length.toString(16)
		return `${zeros}${upper ? size.toUpperCase() : size}${extension}\r\n${data}\r\n`
	})

const lengthBody = anyBytes.chain(body => {
	const { length } = body
	const said = [`Content-Length: ${length}`, `content-length:\t00${length} `, `Content-Length: ${length} ,\t${length}`]
	return fc.constantFrom(...said, `${said[0]}\r\n${said[0]}`).map(line => ({ framing: `${line}\r\n`, encoded: body }))
})
const chunkedBody = fc
	.tuple(fc.array(chunk, { maxLength: 5 }), fc.constantFrom('0', '00', '0;x'), fields)
	.map(([chunks, last, trailer]) => ({
		framing: 'Transfer-Encoding: Chunked\r\n',
		encoded: `${chunks.join('')}${last}\r\n${trailer}\r\n`,
	}))
const closeBody = anyBytes.map(encoded => ({ framing: '', encoded }))

/** Chunks most of all: theirs is the framing that can be broken behind the head. */
const anyBody = fc.oneof(
	{ weight: 2, arbitrary: lengthBody },
	{ weight: 3, arbitrary: chunkedBody },
	{ weight: 1, arbitrary: closeBody },
)

/** A right answer. */
export const rightWire: fc.Arbitrary<string> = fc
	.tuple(interim, version, status, fields, connection, anyBody)
	.map(([before, version, status, fields, connection, { framing, encoded }]) => {
		return `${before}${version} ${status}\r\n${fields}${connection}${framing}\r\n${encoded}`
	})

/** What clients and proxies have been led astray by. */
const splinters = [
	...[
		'\r',
		'\n',
		'\0',
		' ',
		'\t',
		':',
		',',
		';',
		'"',
		'0',
		'f',
		'-',
		'+',
		'\x7f',
		'\xff',
		'\r\n',
		'\n\n',
		'\r\n\r\n',
		'\r\n ',
	],
	...[
		'Content-Length: 5\r\n',
		'Content-Length: 6\r\n',
		'Content-Length : 5\r\n',
		'Content-Length:\r\n',
		'Content-Length: 5, 6\r\n',
	],
	...['Content-Length: 9007199254740993\r\n', 'Content-Length: 18446744073709551616\r\n', 'Content-Length: -1\r\n'],
	...['Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: gzip\r\n', 'Transfer-Encoding : chunked\r\n'],
	...['Transfer-Encoding:\x0bchunked\r\n', 'Transfer-Encoding: chunked\r\n , x\r\n', 'Connection: close\r\n'],
	...[
		'0\r\n\r\n',
		'5\r\nhello\r\n',
		'0x5\r\n',
		'fffffffffffffffff\r\n',
		'20000000000000\r\n',
		'5 \r\n',
		'5 ;\r\n',
		'1\n',
	],
	...[
		'HTTP/1.1 200 OK\r\n',
		'HTTP/1.1 100 Continue\r\n\r\n',
		'HTTP/1.1 101 x\r\n\r\n',
		'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nfoo',
	],
	...['HTTP/2 200\r\n', 'HTTP/1.1 99 x\r\n', '\x80', '\xa0', '\x85', '__proto__: x\r\n', 'constructor: x\r\n'],
]

type Mutation = (text: string) => string

/** A place in a text, as a share of its length. Of doubles, most are next to 0. */
const place = fc.nat(999).map(share => (text: string) => Math.floor((share / 1000) * text.length))
const splinter = fc.constantFrom(...splinters)

const insertion: fc.Arbitrary<Mutation> = fc.tuple(place, splinter).map(([where, splinter]) => {
	return text => text.slice(0, where(text)) + splinter + text.slice(where(text))
})
/** Between two lines, where it makes more sense than elsewhere. */
const newLine: fc.Arbitrary<Mutation> = splinter.map(splinter => text => text.replace('\r\n', () => `\r\n${splinter}`))
const bitFlip: fc.Arbitrary<Mutation> = fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([where, bit]) => text => {
	const flipped = String.fromCharCode(text.charCodeAt(where(text)) ^ (1 << bit))
	return text === '' ? text : text.slice(0, where(text)) + flipped + text.slice(where(text) + 1)
})
const deletion: fc.Arbitrary<Mutation> = fc.tuple(place, fc.integer({ min: 1, max: 8 })).map(([where, bytes]) => {
	return text => text.slice(0, where(text)) + text.slice(where(text) + bytes)
})
const doubling: fc.Arbitrary<Mutation> = fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([where, bytes]) => {
	return text => text.slice(0, where(text) + bytes) + text.slice(where(text))
})
/** Another end for one line: what two parties may differ about without a byte of the text being changed. */
const lineEnd: fc.Arbitrary<Mutation> = fc
	.tuple(place, fc.constantFrom('\n', '\n', '\n', '\r', '\n\r', '\r\r\n', ' \r\n', '\r\n\r\n', ''))
	.map(([where, end]) => text => {
		const lines = text.split('\r\n')
		const line = where(' '.repeat(lines.length - 1))
		return lines.map((each, index) => each + (index === lines.length - 1 ? '' : index === line ? end : '\r\n')).join('')
	})
const excess: fc.Arbitrary<Mutation> = splinter.map(splinter => text => text + splinter)

const mutations = fc
	.array(fc.oneof(insertion, newLine, bitFlip, deletion, doubling, lineEnd, lineEnd, excess), {
		minLength: 1,
		maxLength: 3,
	})
	.map(
		(list): Mutation =>
			text =>
				list.reduce((changed, mutate) => mutate(changed), text),
	)

const untouched: Mutation = text => text

/** A right answer to whose head or body, or both, some wrongs were done. Each may leave it a right one. */
export const brokenWire: fc.Arbitrary<string> = fc
	.oneof(
		fc.tuple(rightWire, mutations, fc.constant(untouched)),
		fc.tuple(rightWire, fc.constant(untouched), mutations),
		fc.tuple(rightWire, mutations, mutations),
	)
	.map(([wire, changeHead, changeBody]) => {
		const body = wire.indexOf('\r\n\r\n') + 4
		return changeHead(wire.slice(0, body)) + changeBody(wire.slice(body))
	})

/** A right answer of which the end is missing. */
export const cutWire: fc.Arbitrary<string> = fc
	.tuple(rightWire, place)
	.map(([wire, where]) => wire.slice(0, where(wire)))
