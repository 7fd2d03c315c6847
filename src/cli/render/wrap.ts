import { widthOf } from './width.ts'

/**
 * Breaks a text between words so that no line is wider than `columns`, unless a single word is.
 *
 * A figure and what it counts stay together.
 */
export function wrapText(text: string, columns: number): string {
	const lines: string[] = []
	for (const word of text.split(/(?<!\d) /)) {
		const line = lines.at(-1)
		if (line === undefined || widthOf(line) + 1 + widthOf(word) > columns) lines.push(word)
		else lines[lines.length - 1] = `${line} ${word}`
	}
	return lines.join('\n')
}
