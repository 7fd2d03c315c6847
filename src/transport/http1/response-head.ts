import { trimBlanks } from './field-value.ts'
import { protocolError } from './protocol-error.ts'

/** A response head in the words of RFC 9112, before it is decided what it means for the body. */
export interface ParsedHead {
	/** 0 or 1: the x of HTTP/1.x. */
	readonly minorVersion: number
	readonly status: number
	readonly reason: string
	/** By lower-case name; a repeated field is joined with ", " in the order received (RFC 9110 §5.3). */
	readonly fields: ReadonlyMap<string, string>
}

/** Parses the lines of a head, strictly: what RFC 9112 forbids is E_PROTOCOL, by throwing. */
export function parseHead(lines: readonly string[], where: string): ParsedHead {
	const [statusLine = '', ...fieldLines] = lines
	const match = statusLinePattern.exec(statusLine)
	if (match === null) throw protocolError(where, 'has a malformed status line')
	const [, minor, status, reason = ''] = match
	return { minorVersion: Number(minor), status: Number(status), reason, fields: parseFields(fieldLines, where) }
}

/** Without the space after the status, which §4 asks for, servers without a reason are common and mean no harm. */
const statusLinePattern = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/

function parseFields(lines: readonly string[], where: string): Map<string, string> {
	const fields = new Map<string, string>()
	for (const line of lines) {
		const [name, value] = parseField(line, where)
		const before = fields.get(name)
		fields.set(name, before === undefined ? value : `${before}, ${value}`)
	}
	return fields
}

function parseField(line: string, where: string): [name: string, value: string] {
	if (line.startsWith(' ') || line.startsWith('\t')) throw protocolError(where, 'has a folded header line')
	const colon = line.indexOf(':')
	const name = line.slice(0, Math.max(0, colon))
	// A space before the colon is not part of a token: §5.1 has it refused, because parties differ about the name.
	if (!tokenPattern.test(name)) throw protocolError(where, 'has a malformed header name')
	const value = trimBlanks(line, colon + 1)
	if (!valuePattern.test(value)) throw protocolError(where, 'has a control character in a header')
	return [name.toLowerCase(), value]
}

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/
