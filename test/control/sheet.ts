import type { Moment } from './line-model.ts'

/** One download, for a picture. */
export interface Course {
	readonly name: string
	readonly moments: readonly Moment[]
	readonly endMs: number
	readonly fileBytes: number
}

const panel = { width: 300, height: 96, left: 34, top: 26, right: 44, bottom: 22 }
const columns = 3
const cell = { width: panel.left + panel.width + panel.right, height: panel.top + panel.height + panel.bottom }
const mostLanes = 32
const goodputStepMs = 250

/** A sheet of small pictures: goodput as an area, lanes wanted as a line on a logarithmic scale, against time. */
export function drawSheet(courses: readonly Course[]): string {
	const height = Math.ceil(courses.length / columns) * cell.height + panel.bottom
	const width = columns * cell.width
	const panels = courses.map((course, index) => {
		const x = (index % columns) * cell.width
		const y = Math.floor(index / columns) * cell.height
		return `<g transform="translate(${x + panel.left} ${y + panel.top})">${drawPanel(course)}</g>`
	})
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
		'<title>Runs of auto over each kind of line: goodput and lanes wanted</title>',
		'<style>text{font:10px sans-serif;fill:#555}.name{font-weight:bold;fill:#222}.goodput{fill:#c9dcec}',
		'.lanes{fill:none;stroke:#b5402a;stroke-width:1.5}.frame{fill:#fff;stroke:#ccc}.lane-axis{fill:#b5402a}',
		'.goodput-axis{fill:#4d7ea8}</style>',
		`<rect width="${width}" height="${height}" fill="#fff"/>`,
		...panels,
		`<text x="${panel.left}" y="${height - 8}">Line, left: lanes wanted. Area, right: goodput in MB/s. Across: seconds.</text>`,
		'</svg>',
		'',
	].join('\n')
}

function drawPanel(course: Course): string {
	const { endMs } = course
	const rates = ratesOf(course)
	const most = Math.max(...rates.map(({ bytesPerSecond }) => bytesPerSecond))
	const x = (ms: number): string => ((ms / endMs) * panel.width).toFixed(1)
	const goodputY = (bytesPerSecond: number): string => (panel.height * (1 - bytesPerSecond / most)).toFixed(1)
	const lanesY = (lanes: number): string => (panel.height * (1 - Math.log2(lanes) / Math.log2(mostLanes))).toFixed(1)
	const area = rates.map(({ fromMs, toMs, bytesPerSecond }) => `H${x(fromMs)}V${goodputY(bytesPerSecond)}H${x(toMs)}`)
	const changes = course.moments.filter(({ target }, index, moments) => target !== moments[index - 1]?.target)
	const line = changes.map(({ atMs, target }) => `H${x(atMs)}V${lanesY(target)}`)
	const laneMarks = [1, 4, mostLanes].map(
		lanes => `<text class="lane-axis" x="-4" y="${Number(lanesY(lanes)) + 3}" text-anchor="end">${lanes}</text>`,
	)
	return [
		`<text class="name" x="0" y="-8">${course.name}</text>`,
		`<rect class="frame" width="${panel.width}" height="${panel.height}"/>`,
		`<path class="goodput" d="M0 ${panel.height}${area.join('')}V${panel.height}Z"/>`,
		`<path class="lanes" d="M0 ${lanesY(course.moments[0]?.target ?? 1)}${line.join('')}H${panel.width}"/>`,
		...laneMarks,
		`<text class="goodput-axis" x="${panel.width + 4}" y="8">${(most / 1e6).toFixed(1)}</text>`,
		`<text x="0" y="${panel.height + 12}">0</text>`,
		`<text x="${panel.width}" y="${panel.height + 12}" text-anchor="end">${(endMs / 1000).toFixed(1)} s</text>`,
	].join('')
}

interface Rate {
	readonly fromMs: number
	readonly toMs: number
	readonly bytesPerSecond: number
}

/** Goodput from step to step; of a long download, from one to the next hundredth of it. */
function ratesOf({ moments, endMs, fileBytes }: Course): Rate[] {
	const stepMs = Math.max(goodputStepMs, endMs / 100)
	const edges = [...moments, { atMs: endMs, bytesReceived: fileBytes }]
	const rates: Rate[] = []
	let from = edges[0] as (typeof edges)[number]
	for (const edge of edges.slice(1)) {
		const ms = edge.atMs - from.atMs
		if (ms < stepMs && edge !== edges.at(-1)) continue
		const bytesPerSecond = ((edge.bytesReceived - from.bytesReceived) * 1000) / ms
		rates.push({ fromMs: from.atMs, toMs: edge.atMs, bytesPerSecond })
		from = edge
	}
	return rates
}
