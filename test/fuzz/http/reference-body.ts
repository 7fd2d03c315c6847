import type { BodyEnd } from '../../../src/transport/contract.ts'

/** A body as far as it has come. */
export interface ReferenceBody {
	readonly kind: BodyEnd['framing']
	readonly body: string
	readonly state: 'whole' | 'short' | 'malformed'
	/** What follows a whole body. */
	readonly left: string
}

const maxSizeLineBytes = 4096
const maxTrailerBytes = 65_536

export function takeLength(wire: string, bytes: number): ReferenceBody {
	const state = wire.length < bytes ? 'short' : 'whole'
	return { kind: 'length', body: wire.slice(0, bytes), state, left: wire.slice(bytes) }
}

/** Never known to be whole. */
export function takeRest(wire: string): ReferenceBody {
	return { kind: 'close', body: wire, state: 'short', left: '' }
}

/** RFC 9112 §7.1: sizes and data in turn, a size of 0, trailer lines, an empty line. */
export function takeChunks(wire: string): ReferenceBody {
	let body = ''
	let rest = wire
	const ended = (state: ReferenceBody['state']): ReferenceBody => ({ kind: 'chunked', body, state, left: rest })
	for (;;) {
		const line = takeSizeLine(rest)
		if (typeof line === 'string') return ended(line)
		rest = line.rest
		if (line.size === 0) break
		body += rest.slice(0, line.size)
		rest = rest.slice(line.size)
		if (!rest.startsWith('\r\n')) return ended('\r\n'.startsWith(rest) ? 'short' : 'malformed')
		rest = rest.slice(2)
	}
	const [trailers = ''] = /^(?:[\t -~\x80-\xff]+\r\n)*/.exec(rest) ?? []
	if (trailers.replaceAll('\r\n', '').length > maxTrailerBytes) return ended('malformed')
	rest = rest.slice(trailers.length)
	if (!rest.startsWith('\r\n')) return ended(unfinishedTrailer(rest, trailers))
	rest = rest.slice(2)
	return ended('whole')
}

/** §7.1.1: extensions are passed over, with bad blanks before their semicolon; no other blanks. */
function takeSizeLine(wire: string): { size: number; rest: string } | 'short' | 'malformed' {
	const [line, digits = ''] = /^([0-9a-f]+)(?:[ \t]*;[\t -~\x80-\xff]*)?\r\n/i.exec(wire) ?? []
	const [begun, beginning = ''] = /^([0-9a-f]*)(?:[ \t]*(?:;[\t -~\x80-\xff]*)?)$/i.exec(wire.replace(/\r$/, '')) ?? []
	const text = line?.slice(0, -2) ?? begun
	const size = `0x0${digits || beginning}`
	if (text === undefined || text.length > maxSizeLineBytes || BigInt(size) >= 2n ** 53n) return 'malformed'
	if (line !== undefined) return { size: Number(size), rest: wire.slice(line.length) }
	// A CR ends the line, so what is before it has to be one; and nothing but a digit begins one.
	if (wire.endsWith('\r')) return /^[0-9a-f]+(?:[ \t]*;.*)?\r$/is.test(wire) ? 'short' : 'malformed'
	return wire === '' || beginning !== '' ? 'short' : 'malformed'
}

/** What has come of a line that has no end: text, then perhaps a CR. */
function unfinishedTrailer(rest: string, before: string): 'short' | 'malformed' {
	if (!/^[\t -~\x80-\xff]*\r?$/.test(rest)) return 'malformed'
	return (before + rest).replace(/\r\n?/g, '').length > maxTrailerBytes ? 'malformed' : 'short'
}
