/* Patterns for blanks backtrack: one on 60 KB of them took seven seconds. So they are walked over by hand. */

/** `text` from `from` on, without the spaces and tabs around it; `trim` would take bytes above ASCII too. */
export function trimBlanks(text: string, from: number = 0): string {
	let start = from
	let end = text.length
	while (start < end && isBlank(text.charCodeAt(start))) start += 1
	while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
	return text.slice(start, end)
}

/** The members of a comma-separated list without quoted strings (RFC 9110 §5.6.1), empty ones included. */
export function listMembers(text: string): string[] {
	return text.split(',').map(member => trimBlanks(member))
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09
