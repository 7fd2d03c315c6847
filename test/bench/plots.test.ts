import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { plotsOf } from '../../bench/plots/plots.ts'
import { findingsOf, runsOf } from './runs.ts'

const fast = [
	...runsOf('skein:auto', { wallMs: [10, 20], cpuMs: [10, 20] }),
	...runsOf('aria2:16', { wallMs: [40, 40], cpuMs: [20, 20] }),
]
const large = (peakMB: number) => [
	...runsOf('skein:auto', { wallMs: [1], peakMB: [peakMB] }),
	...runsOf('aria2:16', { wallMs: [1], peakMB: [30] }),
]

describe('the plots', () => {
	it('are of what was found, and of nothing else', () => {
		expect(plotsOf([])).toEqual([])
		expect(plotsOf([findingsOf('full-1g', 'skein:auto', fast)]).map(plot => plot.file)).toEqual(['full-speed.svg'])
	})

	it('have a bar as long as the median, and a dot for each pair', () => {
		const shapes = shapesOf(plotsOf([findingsOf('full-1g', 'skein:auto', fast)])[0]?.svg ?? '')
		const [time, cpu] = shapes.filter(({ name, attributes }) => name === 'rect' && attributes['x'] !== undefined)
		// Medians of 0.25 and 0.5, and of 0.5 and 1.
		expect(Number(cpu?.attributes['width']) / Number(time?.attributes['width'])).toBeCloseTo(2, 2)
		expect(shapes.filter(({ name }) => name === 'circle')).toHaveLength(4)
	})

	it('have a line for each program, through its points in the order of sizes', () => {
		const all = [16, 1, 4].map(size => findingsOf(`memory-${size}g`, 'skein:auto', large(70 + size)))
		const [plot] = plotsOf(all)
		const [skein, aria2] = shapesOf(plot?.svg ?? '')
			.filter(({ name }) => name === 'polyline')
			.map(({ attributes }) => (attributes['points'] ?? '').split(' ').map(point => point.split(',').map(Number)))
		expect(skein?.map(([x]) => x)).toEqual([70, 350, 630])
		expect(aria2?.map(([, y]) => y)).toEqual(new Array(3).fill(aria2?.[0]?.[1]))
		expect(skein?.map(([, y]) => y)).toEqual(skein?.map(([, y]) => y).toSorted((a = 0, b = 0) => b - a))
	})

	it('leave out a run that failed', () => {
		const failed = large(70).map(run => ({ ...run, failure: 'exit 1' }))
		expect(plotsOf([findingsOf('memory-1g', 'skein:auto', failed)])).toEqual([])
	})
})

interface Shape {
	readonly name: string
	readonly attributes: Readonly<Record<string, string>>
}

/** Throws where it is no XML. */
function shapesOf(svg: string): Shape[] {
	const shapes: Shape[] = []
	const parser = new SaxesParser()
	parser.on('opentag', ({ name, attributes }) => shapes.push({ name, attributes }))
	parser.on('error', error => {
		throw error
	})
	parser.write(svg).close()
	return shapes
}
