import { type Cost, ratioOf } from '../ratios.ts'
import type { Findings } from '../report.ts'
import { median, peakMB } from '../scenarios/figures.ts'
import { type Bar, drawBars } from './bars.ts'
import { drawLines, type Lines } from './lines.ts'

/** A picture for a page. */
export interface Plot {
	readonly file: string
	/** For who reads the page without it. */
	readonly about: string
	readonly svg: string
}

/** The pictures of all that was found; those of which nothing was found are left out. */
export function plotsOf(all: readonly Findings[]): Plot[] {
	return [fullSpeed(all), memoryAgainstSize(all), memoryAgainstNumber(all)].filter(plot => plot !== undefined)
}

const groups = [
	['full-1g', '1 GiB, plain'],
	['full-1g-tls', '1 GiB by TLS'],
	['full-small', '10,000 files of 4–10 kB'],
	['full-medium', '500 files of 1 MB'],
] as const

const others = [
	['aria2:16', 'aria2 -x16'],
	['curl:1', 'curl'],
	['curl:16', 'curl --parallel'],
] as const

function fullSpeed(all: readonly Findings[]): Plot | undefined {
	const drawn = groups
		.map(([scenario, name]) => ({ name, bars: barsOf(all.find(one => one.scenario === scenario)) }))
		.filter(({ bars }) => bars.length > 0)
	if (drawn.length === 0) return undefined
	const svg = drawBars({
		title: 'What skein takes of what others take, from nginx on loopback',
		note: 'Less is better. Bars are medians, dots are pairs of runs of one round.',
		groups: drawn,
	})
	return { file: 'full-speed.svg', about: 'Wall time and CPU of skein over those of aria2 and curl', svg }
}

function barsOf(findings: Findings | undefined): Bar[] {
	if (findings?.subject === undefined) return []
	const { runs, subject } = findings
	return others.flatMap(([other, name]) =>
		(['wall', 'cpu'] satisfies Cost[]).flatMap((cost, colour) => {
			const ratio = ratioOf(runs, subject, other, cost)
			return ratio === undefined ? [] : [{ label: `${name}: ${cost === 'wall' ? 'time' : 'CPU'}`, ratio, colour }]
		}),
	)
}

function memoryAgainstSize(all: readonly Findings[]): Plot | undefined {
	return memory(all, {
		scenario: /^memory-(\d+)g$/,
		file: 'memory-size.svg',
		title: 'Peak memory against the size of one file',
		note: 'Resident memory of the process at its most; the number of connections stands after the colon.',
		lines: ['skein:auto', 'skein:32', 'aria2:16', 'curl:1'],
		limit: { y: 110, name: 'claimed: at most 110 MB' },
		xLabel: x => `${x} GiB`,
	})
}

function memoryAgainstNumber(all: readonly Findings[]): Plot | undefined {
	return memory(all, {
		scenario: /^memory-(\d+)-files$/,
		file: 'memory-number.svg',
		title: 'Peak memory against the number of downloads at once',
		note: 'Resident memory of the process at its most; files of 1 MB, 100 kB/s for each.',
		lines: ['skein', 'aria2'],
		limit: { y: 400, name: 'claimed: at most 400 MB for 1,000' },
		xLabel: x => x.toLocaleString('en'),
	})
}

interface MemoryPlot extends Pick<Lines, 'title' | 'note' | 'limit' | 'xLabel'> {
	/** Its number is the horizontal place. */
	readonly scenario: RegExp
	readonly file: string
	/** A contender, or a program with the same number as the scenario. */
	readonly lines: readonly string[]
}

function memory(all: readonly Findings[], { scenario, file, lines, ...plot }: MemoryPlot): Plot | undefined {
	const drawn = lines
		.map(name => ({
			name,
			points: all
				.flatMap(({ scenario: found, runs }) => {
					const x = Number(scenario.exec(found)?.[1])
					const own = runs.filter(({ contender, failure }) => failure === undefined && isOf(contender, name, x))
					const y = median(own.map(peakMB))
					return Number.isFinite(x) && Number.isFinite(y) ? [{ x, y }] : []
				})
				.sort((a, b) => a.x - b.x),
		}))
		.filter(({ points }) => points.length > 0)
	if (drawn.length === 0) return undefined
	const svg = drawLines({
		...plot,
		lines: drawn,
		yLabel: y => `${Math.round(y)} MB`,
	})
	return { file, about: plot.title, svg }
}

function isOf(contender: string, name: string, x: number): boolean {
	return contender === name || contender === `${name}:${x}`
}
