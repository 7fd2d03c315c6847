import { drawBar, paintBar } from './bar.ts'
import { factsOf } from './facts.ts'
import { formatPercent } from './figures.ts'
import type { FileView } from './file-view.ts'
import { joinFacts } from './line.ts'
import type { Paint } from './paint.ts'
import { drawWhole, type WholeView } from './whole.ts'
import { cutToWidth } from './width.ts'

export interface Size {
	readonly columns: number
	readonly rows: number
}

/**
 * The lines that show everything under way: two for each file, and one for the whole where there are several.
 *
 * No line is wider than the window less one column, for a terminal may wrap when its last column is written; there are
 * fewer lines than rows, for what has scrolled away cannot be redrawn.
 *
 * @param whole undefined where there is one file only
 */
export function drawFrame(
	files: readonly FileView[],
	whole: WholeView | undefined,
	{ columns, rows }: Size,
	paint: Paint,
): readonly string[] {
	const width = Math.max(1, columns - 1)
	const room = rows - 1 - (whole === undefined ? 0 : 1)
	const drawn = files.map(file => drawFile(file, width, paint))
	const last = whole === undefined ? [] : [drawWhole(whole, width, paint)]
	return [...showWhatFits(drawn, room, width, paint), ...last].slice(0, Math.max(0, rows - 1))
}

/** A name with its figures, and a bar below it where the size is known. */
function drawFile({ name, snapshot, retries }: FileView, columns: number, paint: Paint): readonly string[] {
	const line = joinFacts(name, factsOf(snapshot, retries), columns)
	const top = paint.name(line.name) + line.facts
	const { bytesDone, bytesTotal, parts } = snapshot
	if (bytesTotal === null) return [top]
	const percent = ` ${formatPercent(bytesDone, bytesTotal).padStart(4)}`
	if (columns <= percent.length) return [top]
	return [top, paintBar(drawBar(parts, bytesTotal, columns - percent.length), paint) + percent]
}

/** As many files as there is room for, in the order given, and then how many there are besides. */
function showWhatFits(
	files: readonly (readonly string[])[],
	room: number,
	columns: number,
	paint: Paint,
): readonly string[] {
	if (files.flat().length <= room) return files.flat()
	const lines: string[] = []
	let shown = 0
	for (const file of files) {
		if (lines.length + file.length > room - 1) break
		lines.push(...file)
		shown += 1
	}
	return [...lines, paint.faint(cutToWidth(`… and ${files.length - shown} more`, columns))]
}
