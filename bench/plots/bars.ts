import { type Ratio, wordsOf } from '../ratios.ts'
import { frame, line, px, text, widthPx } from './frame.ts'

export interface Bars {
	readonly title: string
	/** What a reader has to know to read a bar. */
	readonly note: string
	readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[]
}

export interface Bar {
	readonly label: string
	readonly ratio: Ratio
	/** Of the style: from 0. */
	readonly colour: number
}

const [left, right] = [190, widthPx - 150]
const [barPx, rowPx, groupPx, headPx] = [12, 21, 30, 56]

/** Bars from nothing to a median, with a dot for each pair of runs; where both take the same there is a rule. */
export function drawBars({ title, note, groups }: Bars): string {
	const all = groups.flatMap(group => group.bars)
	const most = Math.max(1.1, ...all.flatMap(({ ratio }) => ratio.pairs))
	const xOf = (ratio: number): number => left + (ratio / most) * (right - left)
	const drawn: string[] = []
	let y = headPx
	for (const { name, bars } of groups) {
		drawn.push(text(20, y + groupPx - 10, name, { isBold: true }))
		y += groupPx
		for (const bar of bars) {
			drawn.push(...drawBar(bar, y, xOf))
			y += rowPx
		}
	}
	const rule = line(xOf(1), headPx + 6, xOf(1), y, 'class="edge" stroke-dasharray="3 3" opacity="0.6"')
	const same = text(xOf(1), y + 16, 'the same', { colour: 'faint', anchor: 'middle' })
	const head = [text(20, 28, title, { isBold: true }), text(20, 48, note, { colour: 'faint' })]
	return frame(`${title}: ${all.map(inWords).join('; ')}`, y + 28, [...head, ...drawn, rule, same])
}

function drawBar({ label, ratio, colour }: Bar, y: number, xOf: (ratio: number) => number): string[] {
	const middle = y + barPx / 2
	const dots = ratio.pairs.map(
		pair => `<circle class="edge ground" cx="${px(xOf(pair))}" cy="${px(middle)}" r="2.4" stroke-width="1"/>`,
	)
	return [
		text(left - 10, y + 11, label, { anchor: 'end' }),
		`<rect class="c${colour}" x="${px(left)}" y="${px(y)}" width="${px(xOf(ratio.median) - left)}" height="${barPx}" rx="2"/>`,
		...(dots.length > 1 ? dots : []),
		text(right + 12, y + 11, wordsOf(ratio)),
	]
}

function inWords({ label, ratio }: Bar): string {
	return `${label} ${wordsOf(ratio)}`
}
