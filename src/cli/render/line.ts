import type { Fact } from './facts.ts'
import { cutToWidth, widthOf } from './width.ts'

/**
 * A line with a name on the left and, on the right, as many facts as leave the name room enough.
 *
 * @param leastColumns what the name is left with at least; by default a quarter of the line, or 8 columns
 */
export function joinFacts(
	name: string,
	facts: readonly Fact[],
	columns: number,
	leastColumns: number = Math.max(8, Math.floor(columns / 4)),
): { readonly name: string; readonly facts: string } {
	const nameColumns = Math.min(widthOf(name), leastColumns)
	const kept = [...facts]
	while (kept.length > 0 && nameColumns + 2 + widthOf(textOf(kept)) > columns) kept.splice(leastImportant(kept), 1)
	const text = textOf(kept)
	if (text === '') return { name: cutToWidth(name, columns), facts: '' }
	const shownName = cutToWidth(name, columns - 2 - widthOf(text))
	return { name: shownName, facts: text.padStart(columns - widthOf(shownName)) }
}

const textOf = (facts: readonly Fact[]): string => facts.map(({ text }) => text).join(' · ')

function leastImportant(facts: readonly Fact[]): number {
	const ranks = facts.map(({ rank }) => rank)
	return ranks.indexOf(Math.max(...ranks))
}
