// Each alternative begins with a character of its own, so that no input makes the match go back.
const parameter =
	/[ ]*;[ ]*[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[ !#-[\]-~]|\\["\\])*"|:[A-Za-z0-9+/=]*:|[A-Za-z0-9*?@.:/+-]+))?/
const member = new RegExp(`([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):(?:${parameter.source})*`, 'y')
const separator = /[ \t]*,[ \t]*/y

/**
 * Reads a Dictionary of Byte Sequences (RFC 9651 §4.2.2), the form of the digest fields, as base64 by key.
 *
 * Parameters are passed over; of a repeated key the last value counts, as the RFC says. Undefined where the field as a
 * whole is malformed or holds anything but byte sequences: half of a field is not to be trusted.
 */
export function parseByteDictionary(field: string): ReadonlyMap<string, string> | undefined {
	const text = field.replace(/^[ ]+/, '').trimEnd()
	const members = new Map<string, string>()
	let at = 0
	while (at < text.length) {
		const [matched, key = '', base64 = ''] = matchAt(member, text, at) ?? []
		if (matched === undefined) return undefined
		members.set(key, base64)
		at += matched.length
		if (at === text.length) return members
		const comma = matchAt(separator, text, at)
		// A trailing comma is an error (§4.2.2 step 2.7).
		if (comma === null || at + comma[0].length === text.length) return undefined
		at += comma[0].length
	}
	return members
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
	sticky.lastIndex = at
	return sticky.exec(text)
}
