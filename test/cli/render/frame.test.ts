import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import type { Snapshot } from '../../../src/api/client.ts'
import type { FileView } from '../../../src/cli/render/file-view.ts'
import { drawFrame } from '../../../src/cli/render/frame.ts'
import { colourPaint, noPaint } from '../../../src/cli/render/paint.ts'
import { wholeOf } from '../../../src/cli/render/whole.ts'
import { aSnapshot } from '../../session/fake-client.ts'

const MiB = 1024 ** 2

const iso: FileView = {
	name: 'debian-12.5.0-amd64-netinst.iso',
	retries: 0,
	snapshot: aSnapshot({
		bytesDone: 157 * MiB,
		bytesTotal: 628 * MiB,
		bytesPerSecond: 11.9 * MiB,
		connections: 4,
		etaMs: 39_580,
		parts: [
			{ start: 0, end: 100 * MiB },
			{ start: 314 * MiB, end: 371 * MiB },
		],
	}),
}

const stream: FileView = {
	name: '日本語のとても長い名前のファイル.tar',
	retries: 2,
	snapshot: aSnapshot({ bytesDone: 3 * MiB, bytesTotal: null, etaMs: null, bytesPerSecond: 0, connections: 1 }),
}

const draw = (files: readonly FileView[], columns: number, rows = 24): string => {
	const tally = { files: 5, done: 1, failed: 1, bytes: 10 * MiB }
	const whole = wholeOf(
		tally,
		files.map(({ snapshot }) => snapshot),
	)
	return `\n${drawFrame(files, files.length === 1 ? undefined : whole, { columns, rows }, noPaint).join('\n')}\n`
}

test('a single file, at 80 columns: name and figures above, the parts below', () => {
	expect(draw([iso], 80)).toMatchInlineSnapshot(`
		"
		debian-12.5…etinst.iso  157 of 628 MiB · 11.9 MiB/s · 4 connections · 40 s left
		███████████▓░░░░░░░░░░░░░░░░░░░░░░░░░██████▓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25%
		"
	`)
})

test('a single file, at 160 columns', () => {
	expect(draw([iso], 160)).toMatchInlineSnapshot(`
		"
		debian-12.5.0-amd64-netinst.iso                                                                         157 of 628 MiB · 11.9 MiB/s · 4 connections · 40 s left
		████████████████████████▓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█████████████▓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25%
		"
	`)
})

test('a single file, at 40 columns: the name is cut in its middle, the least important figures go', () => {
	expect(draw([iso], 40)).toMatchInlineSnapshot(`
		"
		debian-…nst.iso  11.9 MiB/s · 40 s left
		█████▒░░░░░░░░░░░███▒░░░░░░░░░░░░░  25%
		"
	`)
})

test('a single file, at 20 columns', () => {
	expect(draw([iso], 20)).toMatchInlineSnapshot(`
		"
		debian-12…tinst.iso
		██▒░░░░█▒░░░░░  25%
		"
	`)
})

test('several files have the whole below them; a file of unknown size has no bar', () => {
	expect(draw([iso, stream], 80)).toMatchInlineSnapshot(`
		"
		debian-12.5…etinst.iso  157 of 628 MiB · 11.9 MiB/s · 4 connections · 40 s left
		███████████▓░░░░░░░░░░░░░░░░░░░░░░░░░██████▓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25%
		日本語のとても長…名前のファイル.tar  3.0 MiB · 0 B/s · 1 connection · 2 retries
		1 of 5 done, 1 failed                      170 MiB · 11.9 MiB/s · 5 connections
		"
	`)
})

test('files that have no room are counted', () => {
	expect(draw([iso, iso, iso, stream], 60, 6)).toMatchInlineSnapshot(`
		"
		debian-12…inst.iso  157 of 628 MiB · 11.9 MiB/s · 40 s left
		████████▓░░░░░░░░░░░░░░░░░░████▓░░░░░░░░░░░░░░░░░░░░░░  25%
		… and 3 more
		1 of 5 done, 1 failed                  484 MiB · 35.7 MiB/s
		"
	`)
})

test.each<[Snapshot['state'], string]>([
	['probing', 'asking the server'],
	['paused', 'paused'],
	['verifying', 'verifying'],
	['publishing', 'finishing'],
])('a file that is %s says so', (state, text) => {
	expect(draw([{ ...iso, snapshot: { ...iso.snapshot, state } }], 80)).toContain(text)
})

test('colour changes how a line looks and not what it says', () => {
	const plain = drawFrame([iso], undefined, { columns: 80, rows: 24 }, noPaint)
	const coloured = drawFrame([iso], undefined, { columns: 80, rows: 24 }, colourPaint)
	// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them.
	expect(coloured.map(line => line.replace(/\u001b\[\d+m/g, ''))).toEqual(plain)
})

test('no line is as wide as the window, and there are fewer lines than rows, whatever is shown', () => {
	const bytes = fc.nat(2 ** 43)
	const snapshot = fc
		.record({
			bytesDone: bytes,
			bytesTotal: fc.option(bytes),
			bytesPerSecond: fc.nat(2 ** 40),
			connections: fc.nat(10_000),
			etaMs: fc.option(fc.nat(1e12)),
			state: fc.constantFrom<Snapshot['state']>('probing', 'transferring', 'paused', 'verifying', 'publishing'),
		})
		.map(facts => aSnapshot({ ...facts, bytesDone: Math.min(facts.bytesDone, facts.bytesTotal ?? facts.bytesDone) }))
	const name = fc.oneof(
		fc.string({ unit: 'grapheme', maxLength: 80 }),
		fc.constantFrom('日本語'.repeat(30), '👩🏽‍🚀'.repeat(40), ''),
	)
	const view = fc.record({ name, snapshot, retries: fc.nat(1000) })
	const size = fc.record({ columns: fc.integer({ min: 20, max: 250 }), rows: fc.integer({ min: 2, max: 40 }) })
	fc.assert(
		fc.property(fc.array(view, { minLength: 1, maxLength: 12 }), size, fc.nat(20), (files, window, done) => {
			const tally = { files: files.length + done + 2, done, failed: 1, bytes: 2 ** 30 }
			const whole = wholeOf(
				tally,
				files.map(file => file.snapshot),
			)
			const lines = drawFrame(files, whole, window, noPaint)
			expect(lines.length).toBeLessThan(window.rows)
			for (const line of lines) expect(stringWidth(line)).toBeLessThan(window.columns)
		}),
	)
})
