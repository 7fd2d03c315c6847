import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawBar } from '../../../src/cli/render/bar.ts'
import type { ByteRange } from '../../../src/model/byte-range.ts'

test.each<[string, ByteRange[], number, string]>([
	['nothing', [], 1000, '░░░░░░░░░░'],
	['all', [{ start: 0, end: 1000 }], 1000, '██████████'],
	['all but a byte', [{ start: 0, end: 999 }], 1000, '█████████▓'],
	['a byte', [{ start: 500, end: 501 }], 1000, '░░░░░▒░░░░'],
	['half of a cell', [{ start: 100, end: 150 }], 1000, '░▓░░░░░░░░'],
	[
		'two lanes',
		[
			{ start: 0, end: 220 },
			{ start: 500, end: 790 },
		],
		1000,
		'██▒░░██▓░░',
	],
	['parts that together fill a cell', [0, 1, 2, 3].map(n => ({ start: n * 25, end: n * 25 + 25 })), 1000, '█░░░░░░░░░'],
	['an empty file', [], 0, '██████████'],
	['one of three bytes', [{ start: 1, end: 2 }], 3, '░░░░███░░░'],
])('%s is drawn as it is', (_, parts, bytesTotal, bar) => {
	expect(drawBar(parts, bytesTotal, 10)).toBe(bar)
})

const partsOf = (cuts: readonly number[]): ByteRange[] => {
	const points = [...new Set(cuts)].sort((a, b) => a - b)
	return points.flatMap((start, index) => {
		const end = points[index + 1]
		return index % 2 === 0 && end !== undefined ? [{ start, end }] : []
	})
}

test('a cell is full only where no byte is missing, and empty only where there is none', () => {
	const total = fc.integer({ min: 1, max: 300 })
	const cells = fc.integer({ min: 1, max: 60 })
	fc.assert(
		fc.property(total, cells, fc.array(fc.nat(300)), (bytesTotal, cellCount, cuts) => {
			const parts = partsOf(cuts.map(cut => cut % (bytesTotal + 1)))
			const there = Array.from({ length: bytesTotal }, (_, at) => parts.some(p => p.start <= at && at < p.end))
			const bar = [...drawBar(parts, bytesTotal, cellCount)]
			expect(bar).toHaveLength(cellCount)
			for (const [cell, shade] of bar.entries()) {
				const start = Math.floor((cell * bytesTotal) / cellCount)
				const bytes = there.slice(start, Math.max(start + 1, Math.floor(((cell + 1) * bytesTotal) / cellCount)))
				expect(shade === '█').toBe(bytes.every(Boolean))
				expect(shade === '░').toBe(!bytes.some(Boolean))
			}
		}),
	)
})
