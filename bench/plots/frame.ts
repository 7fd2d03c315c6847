/** Plots are as wide as a page of text. */
export const widthPx = 760

/** Readable on a light and on a dark page: it brings its own ground along. */
const style = `
.ground { fill: #ffffff } .ink { fill: #1f2328 } .faint { fill: #59636e } .rule { stroke: #d1d9e0 } .edge { stroke: #1f2328 }
.c0 { fill: #0969da; stroke: #0969da } .c1 { fill: #54aeff; stroke: #54aeff }
.c2 { fill: #bc4c00; stroke: #bc4c00 } .c3 { fill: #1a7f37; stroke: #1a7f37 }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117 } .ink { fill: #e6edf3 } .faint { fill: #9198a1 } .rule { stroke: #3d444d } .edge { stroke: #e6edf3 }
.c0 { fill: #4493f8; stroke: #4493f8 } .c1 { fill: #a5d6ff; stroke: #a5d6ff }
.c2 { fill: #f0883e; stroke: #f0883e } .c3 { fill: #3fb950; stroke: #3fb950 }
}
polyline[class] { fill: none } text[class] { stroke: none }
`

/** How many colours the style has: `c0` … */
export const colours = 4

/** A whole picture; `about` is read to those who do not see it. */
export function frame(about: string, heightPx: number, drawn: readonly string[]): string {
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" role="img" aria-label="${escaped(about)}">`,
		`<style>${style}</style>`,
		'<rect class="ground" width="100%" height="100%" rx="8"/>',
		'<g font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="13">',
		...drawn,
		'</g>',
		'</svg>\n',
	].join('\n')
}

export interface TextStyle {
	/** Default: ink. */
	readonly colour?: string
	/** Where the point is. Default: at its start. */
	readonly anchor?: 'start' | 'middle' | 'end'
	readonly isBold?: boolean
}

export function text(x: number, y: number, words: string, { colour = 'ink', anchor, isBold }: TextStyle = {}): string {
	const anchored = anchor === undefined ? '' : ` text-anchor="${anchor}"`
	const bold = isBold ? ' font-weight="600"' : ''
	return `<text class="${colour}" x="${px(x)}" y="${px(y)}"${anchored}${bold}>${escaped(words)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, look: string): string {
	return `<line ${look} x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`
}

/** A tenth of a pixel is enough, and keeps files small. */
export function px(value: number): string {
	return `${Number(value.toFixed(1))}`
}

function escaped(words: string): string {
	return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
