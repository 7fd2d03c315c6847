// C0 and C1 controls, DEL, bidirectional and zero-width characters, line separators, and lone surrogates:
// what could move a cursor, colour a terminal, forge a log line, or make a name read as another.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu

/** Text from elsewhere made safe to print: whatever could act on a terminal appears as `\u{…}`. */
export function escapeForTerminal(text: string): string {
	return text.replace(unprintable, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
