import { type ByteRange, intersection, lengthOf } from '../../model/byte-range.ts'
import type { Paint } from './paint.ts'

/**
 * Shows which parts of a file are there, a cell for each stretch of it: `█` all of the stretch, `▓` at least half,
 * `▒` some, `░` nothing. A cell is `█` only where not a byte is missing, and `░` only where not a byte is there.
 *
 * @param parts in order and apart
 */
export function drawBar(parts: readonly ByteRange[], bytesTotal: number, cells: number): string {
	if (bytesTotal === 0) return '█'.repeat(cells)
	let bar = ''
	let first = 0
	for (let cell = 0; cell < cells; cell++) {
		const stretch = stretchOf(cell, cells, bytesTotal)
		while ((parts[first]?.end ?? Number.POSITIVE_INFINITY) <= stretch.start) first++
		bar += shadeOf(coverage(parts, first, stretch), lengthOf(stretch))
	}
	return bar
}

/** The shades tell the parts without colour; colour only makes them plainer. */
export function paintBar(bar: string, paint: Paint): string {
	return bar.replace(/█+|[▓▒]+|░+/g, run =>
		run.startsWith('█') ? paint.full(run) : run.startsWith('░') ? paint.faint(run) : paint.partial(run),
	)
}

/** Whole bytes; at least one, so that a file of fewer bytes than cells fills them all. */
function stretchOf(cell: number, cells: number, bytesTotal: number): ByteRange {
	const start = Math.floor((cell * bytesTotal) / cells)
	return { start, end: Math.max(start + 1, Math.floor(((cell + 1) * bytesTotal) / cells)) }
}

function coverage(parts: readonly ByteRange[], first: number, stretch: ByteRange): number {
	let bytes = 0
	for (let index = first; index < parts.length; index++) {
		const part = parts[index]
		if (part === undefined || part.start >= stretch.end) break
		bytes += lengthOf(intersection(part, stretch))
	}
	return bytes
}

function shadeOf(bytes: number, of: number): string {
	if (bytes === of) return '█'
	if (bytes === 0) return '░'
	return bytes * 2 >= of ? '▓' : '▒'
}
