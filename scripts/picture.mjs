// Makes docs/download.svg from what a terminal shows of a real download. Needs a build, and `script` of util-linux.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { stripVTControlCharacters } from 'node:util'
import { createDemoBody } from '../src/cli/commands/demo/experiment.ts'
import { startSlowOrigin } from '../src/cli/commands/demo/origin.ts'

const columns = 84
const bodyBytes = 48 * 1024 ** 2
const main = new URL('../dist/cli/main.js', import.meta.url).pathname
const clock = {
	now: () => performance.now(),
	every(ms, tick) {
		const timer = setInterval(tick, ms)
		return { stop: () => clearInterval(timer) }
	},
}

/** All that the command writes to a terminal of its own. */
async function record(url, folder) {
	const { NO_COLOR: _, ...env } = process.env
	const command = `stty cols ${columns} rows 24; exec ${process.execPath} ${main} ${url} -x 8`
	const child = spawn('script', ['-qfec', command, '/dev/null'], {
		cwd: folder,
		env: { ...env, TERM: 'xterm-256color' },
		stdio: ['ignore', 'pipe', 'inherit'],
	})
	const chunks = await child.stdout.toArray()
	return Buffer.concat(chunks).toString().replaceAll('\r\n', '\n')
}

/** The lines that were drawn when half of it was there, and the one that stayed. */
function pick(recording) {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: each drawing ends by erasing what is below it.
	const drawings = recording.split('\u001b[J').map(text => text.replace(/\r?\u001b\[\d+A|\u001b\[K/g, '').trimEnd())
	const lines = drawings.map(drawing => drawing.split('\n'))
	const live = lines.find(drawing => /[56]\d%/.test(drawing.at(-1) ?? ''))
	const lasting = lines.flat().find(line => line.includes('✓'))
	if (live === undefined || lasting === undefined) throw new Error(`No picture in this recording:\n${recording}`)
	return { live, lasting }
}

const fills = { 1: '#f0f6fc', 31: '#ff7b72', 32: '#7ee787', 36: '#79c0ff', 90: '#484f58' }
const cell = 8.4
const leading = 20

/** A line of a terminal as text elements, each as wide as its columns whatever the font. */
function drawLine(line, row) {
	let column = 0
	let fill = '#c9d1d9'
	let drawn = ''
	// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them.
	for (const part of line.split(/(\u001b\[\d+m)/)) {
		// biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
		const code = /^\u001b\[(\d+)m$/.exec(part)?.[1]
		if (code !== undefined) fill = fills[code] ?? '#c9d1d9'
		else if (part !== '') {
			const place = `x="${(20 + column * cell).toFixed(1)}" y="${30 + row * leading}"`
			const text = part.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
			drawn += `<text ${place} fill="${fill}" textLength="${(part.length * cell).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${text}</text>\n`
			column += part.length
		}
	}
	return drawn
}

/** What lasts is folded as the terminal does it. */
const wrap = line => stripVTControlCharacters(line).match(new RegExp(`.{1,${columns}}`, 'g'))

function toSvg(lines) {
	const width = 40 + columns * cell
	const height = 24 + lines.length * leading + 12
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A download under way, and when it is done">`,
		`<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
		'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">',
		`${lines.map(drawLine).join('')}</g>`,
		'</svg>\n',
	].join('\n')
}

const folder = mkdtempSync(join(tmpdir(), 'skein-picture-'))
const origin = await startSlowOrigin(createDemoBody(bodyBytes), 1024 ** 2, clock)
try {
	const { live, lasting } = pick(await record(origin.url, folder))
	const prompt = `\u001b[90m$\u001b[39m npm start -- ${origin.url} -x 8`
	const lines = [prompt, ...live, '', '\u001b[90mand when it is done:\u001b[39m', ...wrap(lasting)]
	writeFileSync(new URL('../docs/download.svg', import.meta.url), toSvg(lines))
} finally {
	await origin.close()
	rmSync(folder, { recursive: true, force: true })
}
