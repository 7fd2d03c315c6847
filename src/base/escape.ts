// C0 and C1 controls, DEL, bidirectional and zero-width characters, line separators, tags, and lone surrogates:
// what could move a cursor, colour a terminal, forge a log line, or make a name read as another.
const unprintable =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	/[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

/** Text from elsewhere made safe to print: whatever could act on a terminal appears as `\u{…}`. */
export function escapeForTerminal(text: string): string {
	return text.replace(unprintable, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
