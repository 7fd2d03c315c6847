import type { ErrorCode } from '../../../src/base/errors.ts'
import type { BodyEnd } from '../../../src/transport/contract.ts'
import type { Ending } from './loose-socket.ts'
import type { Outcome } from './outcome.ts'
import { type ReferenceBody, takeChunks, takeLength, takeRest } from './reference-body.ts'

/**
 * What RFC 9112 wants a client to make of the bytes of a connection, read with all of them at hand: slow, and plain enough
 * to be held against the sections by eye. Where they leave a choice it is the stricter one.
 */
export function referenceOutcome(wire: string, ending: Ending): Outcome {
	let rest = wire
	for (let interim = 0; interim <= 20; interim++) {
		const taken = takeHead(rest)
		if (taken === 'incomplete') return { refused: ending === 'silence' ? 'E_STALLED' : 'E_NETWORK' }
		// RFC 9110 §15.2.2: protocols are switched only where the client asked for it.
		if (taken === 'refused' || taken.head.status === 101) return refused
		if (taken.head.status >= 200) return answered(taken.head, taken.rest, ending)
		rest = taken.rest
	}
	return refused
}

const refused: Outcome = { refused: 'E_PROTOCOL' }
const maxHeadBytes = 65_536

interface Head {
	readonly minor: string
	readonly status: number
	readonly reason: string
	readonly fields: ReadonlyMap<string, string>
}

/** RFC 9112 §2.1, §4: lines that end in CRLF, the last one empty. A bare LF (§2.2) is not taken for an end. */
function takeHead(wire: string): { head: Head; rest: string } | 'incomplete' | 'refused' {
	if (!'HTTP/'.startsWith(wire.slice(0, 5))) return 'refused'
	const end = wire.indexOf('\r\n\r\n')
	const section = end < 0 ? wire : wire.slice(0, end + 4)
	if (/(?<!\r)\n/.test(section) || section.length > maxHeadBytes) return 'refused'
	if (end < 0) return 'incomplete'
	const [statusLine = '', ...lines] = section.slice(0, -4).split('\r\n')
	const [, minor = '', status, , reason = ''] = /^HTTP\/1\.([01]) ([1-9]\d\d)( (.*))?$/s.exec(statusLine) ?? []
	const fields = readFields(lines)
	if (status === undefined || fields === undefined || hasControl(reason)) return 'refused'
	return { head: { minor, status: Number(status), reason, fields }, rest: wire.slice(end + 4) }
}

/** RFC 9112 §5: no blank before the colon (§5.1), no folding (§5.2), no control bytes in a value (RFC 9110 §5.5). */
function readFields(lines: readonly string[]): Map<string, string> | undefined {
	const fields = new Map<string, string>()
	for (const line of lines) {
		const [, name = '', rest = ''] = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/s.exec(line) ?? []
		const value = rest.replace(/^[ \t]+|[ \t]+$/g, '')
		if (name === '' || hasControl(value)) return undefined
		const key = name.toLowerCase()
		fields.set(key, fields.has(key) ? `${fields.get(key)}, ${value}` : value)
	}
	return fields
}

/** Any but the tab. */
function hasControl(text: string): boolean {
	return [...text].some(character => (character < ' ' && character !== '\t') || character === '\x7f')
}

function answered(head: Head, rest: string, ending: Ending): Outcome {
	const taken = takeBody(head, rest)
	if (taken === 'refused') return refused
	const { kind, body, state, left } = taken
	const { status, reason, fields } = head
	const kept = state === 'whole' && left === '' && ending === 'silence' && persists(head)
	return { status, reason, fields, body, end: state === 'whole' ? wholeOf(kind, body) : failure(taken, ending), kept }
}

/** RFC 9112 §6.3. */
function takeBody({ minor, status, fields }: Head, rest: string): ReferenceBody | 'refused' {
	if (status === 204 || status === 304) return takeLength(rest, 0)
	const coding = fields.get('transfer-encoding')
	const length = fields.get('content-length')
	if (coding !== undefined) {
		const good = length === undefined && minor === '1' && coding.toLowerCase() === 'chunked'
		return good ? takeChunks(rest) : 'refused'
	}
	if (length === undefined) return takeRest(rest)
	const [first = '', ...others] = length.split(',').map(member => member.replace(/^[ \t]+|[ \t]+$/g, ''))
	const good = /^\d+$/.test(first) && others.every(other => other === first) && BigInt(first) < 2n ** 53n
	return good ? takeLength(rest, Number(first)) : 'refused'
}

function wholeOf(kind: BodyEnd['framing'], body: string): BodyEnd {
	return { framing: kind, bytes: body.length, lengthVerified: kind !== 'close' }
}

/** RFC 9112 §8: a body without its end is incomplete, but for one that only the close of the connection ends. */
function failure({ kind, body, state }: ReferenceBody, ending: Ending): BodyEnd | ErrorCode {
	if (state === 'malformed') return 'E_PROTOCOL'
	if (ending === 'silence') return 'E_STALLED'
	if (ending !== 'fin') return 'E_NETWORK'
	return kind === 'close' ? wholeOf(kind, body) : 'E_TRUNCATED'
}

/** RFC 9112 §9.3. */
function persists({ minor, fields }: Head): boolean {
	const options = (fields.get('connection') ?? '').toLowerCase().split(',')
	const has = (wanted: string): boolean => options.some(option => option.replace(/^[ \t]+|[ \t]+$/g, '') === wanted)
	return !has('close') && (minor === '1' || has('keep-alive'))
}
