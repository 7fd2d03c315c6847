import type { DownloadResult } from '../../api/client.ts'
import { explainedFigures, type Row } from './explained-figures.ts'
import { formatCount, formatSpeed } from './figures.ts'
import { noPaint, type Paint } from './paint.ts'
import { wrapText } from './wrap.ts'

export type DrawExplanation = typeof drawExplanation

/** The figures behind the verdict, a line each; none where nothing was downloaded. */
export function drawExplanation(result: DownloadResult, columns: number, paint: Paint = noPaint): readonly string[] {
	const { explanation } = result
	if (explanation === null) return []
	const rows: readonly Row[] = [
		['held by', result.verdict.bottleneck],
		['in all', describeAll(result)],
		...explainedFigures.flatMap(figure => figure.rows(explanation, result)),
	]
	const labelColumns = Math.max(...rows.map(([label]) => label.length))
	const indent = ' '.repeat(labelColumns + 4)
	return rows.flatMap(([label, value]) => {
		const [first, ...more] = wrapText(value, columns - indent.length).split('\n')
		return [`  ${paint.faint(label.padEnd(labelColumns))}  ${first}`, ...more.map(line => indent + line)]
	})
}

function describeAll({ bytesReceived, durationMs, connectionsPeak, requests }: DownloadResult): string {
	const speed = durationMs > 0 ? `${formatSpeed((bytesReceived * 1000) / durationMs)}, ` : ''
	return `${speed}at most ${formatCount(connectionsPeak, 'connection')}, ${formatCount(requests, 'request')}`
}
