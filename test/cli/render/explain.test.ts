import { readFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { drawExplanation } from '../../../src/cli/render/explain.ts'
import { JsonReporter } from '../../../src/cli/render/json.ts'
import { colourPaint } from '../../../src/cli/render/paint.ts'
import { PlainReporter } from '../../../src/cli/render/plain.ts'
import { TerminalReporter } from '../../../src/cli/render/terminal.ts'
import { widthOf } from '../../../src/cli/render/width.ts'
import type { Job, Outcome } from '../../../src/session/session.ts'
import { anExplanation, aResult } from '../../session/fake-client.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeScreen } from '../fake-environment.ts'

const job: Job = { id: 3, url: new URL('http://host/file.bin'), options: {} }
const done: Outcome = { kind: 'done', job, result: aResult({ bytesReceived: 1_048_576, requests: 9 }) }

const table = [
	'  held by            line',
	'  in all             512 KiB/s, at most 2 connections, 9 requests',
	'  1 connection       3.8 MiB/s',
	'  2 connections      7.6 MiB/s',
	'  8 connections      8.6 MiB/s',
	'  last step          2 to 8: 1.13 times as fast, given back',
	'  no more because    more brought too little',
	'  waited for server  0.3 s (15%)',
	'  waited for disk    0.0 s (0%)',
	'  one alone          0.1 s (5%)',
	'  processor          0.2 s (12%)',
	'  refused            0',
	'  retried            1',
	'  reopened           0',
	'  stolen             2',
	'  hedged             0',
	'  in vain            10 B (0%)',
]

test('the figures behind the verdict are a table, a figure a line', () => {
	expect(drawExplanation(done.result, 80)).toEqual(table)
})

test('what was given and what was never tried has no line', () => {
	const explanation = anExplanation({
		...{ goodputs: [], lastStep: null, heldBy: null },
		...{ limitBytesPerSecond: 2_097_152, heldByLimitMs: 1900 },
	})
	const lines = drawExplanation(aResult({ explanation }), 80)
	expect(lines).toContain('  waited for limit   1.9 s (95%)')
	expect(lines).toContain('  limit              2.0 MiB/s')
	expect(lines.join()).not.toMatch(/last step|no more|1 connection\b/)
})

test.each([40, 60, 120])('in %i columns no line is wider, and none says less', columns => {
	const lines = drawExplanation(done.result, columns)
	expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns)
	expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toBe(table.join(' ').replaceAll(/\s+/g, ' '))
})

test('colours change nothing but the colour', () => {
	const lines = drawExplanation(done.result, 80, colourPaint)
	expect(lines.map(line => stripVTControlCharacters(line))).toEqual(table)
})

test('it follows the line of its file where it was asked for, and not elsewhere', () => {
	for (const explain of [true, false]) {
		const plain = new FakeScreen()
		const terminal = new FakeScreen({ isTerminal: true })
		const reporters = [
			new PlainReporter(plain, '/', new FakeClock(), explain ? drawExplanation : undefined),
			new TerminalReporter(terminal, '/', new FakeClock(), 1, explain),
		]
		for (const reporter of reporters) reporter.ended(done)
		for (const screen of [plain, terminal]) {
			const [line, ...more] = screen.lines()
			expect(line).toMatch(/downloads\/file\.bin: 1\.0 KiB in 2\.0 s/)
			expect(more).toEqual(explain ? table : [])
		}
	}
})

test('a file that was left alone has nothing to explain', () => {
	const screen = new FakeScreen()
	const reporter = new PlainReporter(screen, '/', new FakeClock(), drawExplanation)
	reporter.ended({ kind: 'done', job, result: aResult({ skipped: true, explanation: null }) })
	expect(screen.lines()).toHaveLength(1)
})

test('for a program it is an event of its own after `done`, in whole numbers', async () => {
	const lines: string[] = []
	const reporter = new JsonReporter({ event: line => lines.push(line), say() {} }, new FakeClock(), true)
	reporter.ended(done)
	const [first, second] = lines.map(line => JSON.parse(line))
	expect(first).toMatchObject({ event: 'done', id: 3 })
	expect(first).not.toHaveProperty('explanation')
	const { goodputs, ...rest } = anExplanation()
	expect(second).toEqual({
		...rest,
		...{ event: 'explain', id: 3, waitedForServerMs: 300 },
		goodputs: [{ connections: 1, bytesPerSecond: 4_000_001 }, ...goodputs.slice(1)],
	})
	const page = await readFile(new URL('../../../docs/reference/events.md', import.meta.url), 'utf8')
	const [, fields = ''] = /^\| `explain` \| (.*?) \|/m.exec(page) ?? []
	expect([...fields.matchAll(/`(\w+)`/g)].map(([, field]) => field).sort()).toEqual(Object.keys(anExplanation()).sort())
})
