// C0 and C1 controls, DEL, bidirectional and zero-width characters, line separators, tags, and lone surrogates:
// what could move a cursor, colour a terminal, forge a log line, or make a name read as another.
const unprintable =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	/[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

/** Text from elsewhere made safe to print: whatever could act on a terminal appears as `\u{…}`. */
export function escapeForTerminal(text: string): string {
	return text.replace(unprintable, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/**
 * JSON made safe to print, which means the same: `JSON.stringify` leaves all but C0 as it is.
 *
 * RFC 8259 §7 lets any character of a string be escaped, and nothing that is escaped here stands outside of one.
 */
export function escapeInJson(json: string): string {
	return json.replace(unprintable, character => character.split('').map(escapedUnit).join(''))
}

const escapedUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
