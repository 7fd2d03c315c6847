import stringWidth from 'string-width'

/** Printable characters of Latin-1 and the punctuation of Unicode, but for what is not seen (U+00AD, U+200B–U+200F, U+2028–U+202F …): a column each. */
const plain = /^[\x20-\x7e\xa0-\xac\xae-\xff\u2010-\u2027\u2030-\u205e]*$/

/** How many columns `text` takes on a terminal. Most of it is plain, and the patterns of the rest cost 25 ms at their first use. */
export const widthOf = (text: string): number => (plain.test(text) ? text.length : stringWidth(text))

/**
 * `text` in at most `columns` columns, its middle left out where it is longer: a name tells most by its begin and its end.
 *
 * Cuts between what a reader sees as characters, never inside one.
 */
export function cutToWidth(text: string, columns: number): string {
	if (widthOf(text) <= columns) return text
	if (columns < 1) return ''
	const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
	const begin = takeColumns(characters, Math.ceil((columns - 1) / 2))
	const end = takeColumns(characters.toReversed(), columns - 1 - widthOf(begin.join('')))
	return `${begin.join('')}…${end.toReversed().join('')}`
}

function takeColumns(characters: readonly string[], columns: number): readonly string[] {
	const taken: string[] = []
	let width = 0
	for (const character of characters) {
		width += widthOf(character)
		if (width > columns) break
		taken.push(character)
	}
	return taken
}
