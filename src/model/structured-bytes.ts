// The grammar of RFC 9651 §4.2. No two alternatives begin with the same character, but for the two kinds of number, which
// are short: no input makes a match go back far.
const key = '[a-z*][a-z0-9_.*-]*'
/** Padding may be missing (§4.2.7); where it is there, it is whole and at the end. */
const base64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?'
const bareItem = [
	'-?(?:\\d{1,12}\\.\\d{1,3}|\\d{1,15})',
	'"(?:[ !#-[\\]-~]|\\\\["\\\\])*"',
	"[A-Za-z*][\\w!#$%&'*+.^`|~:/-]*",
	`:${base64}:`,
	'\\?[01]',
	'@-?\\d{1,15}',
	'%"(?:[ !#$&-~]|%[0-9a-f]{2})*"',
].join('|')
const member = new RegExp(`(${key})=:(${base64}):(?:; *${key}(?:=(?:${bareItem}))?)*`, 'y')
const separator = /[ \t]*,[ \t]*/y
const lastBlanks = /[ \t]*/y

/**
 * Reads a Dictionary of Byte Sequences (RFC 9651 §4.2.2), the form of the digest fields, as base64 by key.
 *
 * Parameters are passed over; of a repeated key the last value counts, as the RFC says. Undefined where the field as a
 * whole is malformed or holds anything but byte sequences: half of a field is not to be trusted.
 */
export function parseByteDictionary(field: string): ReadonlyMap<string, string> | undefined {
	const members = new Map<string, string>()
	let at = field.search(/[^ ]|$/)
	while (at < field.length) {
		const [matched, name = '', value = ''] = matchAt(member, field, at) ?? []
		if (matched === undefined) return undefined
		members.set(name, value)
		at += matched.length
		if (endOf(lastBlanks, field, at) === field.length) return members
		const next = endOf(separator, field, at)
		// A trailing comma is an error (§4.2.2 step 2.7).
		if (next === undefined || next === field.length) return undefined
		at = next
	}
	return members
}

function endOf(sticky: RegExp, text: string, at: number): number | undefined {
	const match = matchAt(sticky, text, at)
	return match === null ? undefined : at + match[0].length
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
	sticky.lastIndex = at
	return sticky.exec(text)
}
