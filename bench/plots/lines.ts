import { colours, frame, line, px, text, widthPx } from './frame.ts'

export interface Lines {
	readonly title: string
	readonly note: string
	/** `x` on a scale on which each step is a factor; its label stands below it. */
	readonly lines: readonly { readonly name: string; readonly points: readonly Point[] }[]
	/** A rule across, and what it is. */
	readonly limit: { readonly y: number; readonly name: string }
	readonly xLabel: (x: number) => string
	readonly yLabel: (y: number) => string
}

export interface Point {
	readonly x: number
	readonly y: number
}

const [left, right, top, bottom] = [70, widthPx - 130, 72, 300]

/** Lines with a mark at each point that was measured; the vertical scale begins at nothing. */
export function drawLines({ title, note, lines, limit, xLabel, yLabel }: Lines): string {
	const points = lines.flatMap(one => one.points)
	const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b)
	const [first = 1, last = 1] = [xs[0], xs.at(-1)]
	const yMost = Math.max(limit.y, ...points.map(({ y }) => y)) * 1.08
	const xOf = (x: number): number =>
		left + (right - left) * (last === first ? 0.5 : Math.log(x / first) / Math.log(last / first))
	const yOf = (y: number): number => bottom - (y / yMost) * (bottom - top)
	return frame(`${title}: ${lines.map(one => inWords(one, xLabel, yLabel)).join('; ')}`, bottom + 40, [
		text(20, 28, title, { isBold: true }),
		text(20, 48, note, { colour: 'faint' }),
		...steps(yMost).flatMap(y => [
			line(left, yOf(y), right, yOf(y), 'class="rule"'),
			text(left - 10, yOf(y) + 4, yLabel(y), { colour: 'faint', anchor: 'end' }),
		]),
		...xs.map(x => text(xOf(x), bottom + 22, xLabel(x), { colour: 'faint', anchor: 'middle' })),
		line(left, yOf(limit.y), right, yOf(limit.y), 'class="edge" stroke-dasharray="3 3" opacity="0.6"'),
		text(left + 6, yOf(limit.y) - 6, limit.name, { colour: 'faint' }),
		...lines.flatMap(({ points }, index) => drawLine(points, index % colours, xOf, yOf)),
		...namesBeside(lines, yOf),
	])
}

function drawLine(
	points: readonly Point[],
	colour: number,
	xOf: (x: number) => number,
	yOf: (y: number) => number,
): string[] {
	const places = points.map(({ x, y }) => `${px(xOf(x))},${px(yOf(y))}`)
	return [
		`<polyline class="c${colour}" stroke-width="2" points="${places.join(' ')}"/>`,
		...points.map(({ x, y }) => `<circle class="c${colour}" cx="${px(xOf(x))}" cy="${px(yOf(y))}" r="3.5"/>`),
	]
}

/** Each beside the height of its last point, and none on top of another. */
function namesBeside(lines: Lines['lines'], yOf: (y: number) => number): string[] {
	const leading = 16
	let above = Number.NEGATIVE_INFINITY
	return lines
		.map(({ name, points }, index) => ({ name, index, at: yOf(points.at(-1)?.y ?? 0) + 4 }))
		.sort((a, b) => a.at - b.at)
		.map(({ name, index, at }) => {
			above = Math.max(at, above + leading)
			return text(right + 12, above, name, { colour: `c${index % colours}` })
		})
}

/** Round numbers, four or five of them. */
function steps(most: number): number[] {
	const rough = most / 5
	const power = 10 ** Math.floor(Math.log10(rough))
	const step = power * ([1, 2, 5].find(factor => factor * power >= rough) ?? 10)
	return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step)
}

function inWords({ name, points }: Lines['lines'][number], xLabel: Lines['xLabel'], yLabel: Lines['yLabel']): string {
	return `${name} ${points.map(({ x, y }) => `${yLabel(y)} at ${xLabel(x)}`).join(', ')}`
}
