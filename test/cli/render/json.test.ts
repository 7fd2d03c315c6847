import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { DownloadError } from '../../../src/base/errors.ts'
import { JsonReporter } from '../../../src/cli/render/json.ts'
import type { Job } from '../../../src/session/session.ts'
import { aProbedEvent, aResult, aSnapshot } from '../../session/fake-client.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const job: Job = { id: 7, url: new URL('http://host/file.bin'), options: {} }

interface Told {
	readonly reporter: JsonReporter
	readonly clock: FakeClock
	readonly said: string[]
	events(name?: string): Record<string, unknown>[]
}

function setUp(): Told {
	const clock = new FakeClock()
	const lines: string[] = []
	const said: string[] = []
	const reporter = new JsonReporter({ event: line => lines.push(line), say: line => said.push(line) }, clock)
	const events = (name?: string): Record<string, unknown>[] => {
		const all = lines.map(line => JSON.parse(line) as Record<string, unknown>)
		return name === undefined ? all : all.filter(({ event }) => event === name)
	}
	return { reporter, clock, said, events }
}

test('every event has exactly the fields that were promised, whatever else the engine says', () => {
	const { reporter, events } = setUp()
	const failedJob = { ...job, id: 8 }
	const digest = { algorithm: 'sha-256', value: '00ff', source: 'caller' } as const
	reporter.begun(job, { snapshot: () => aSnapshot({ bytesTotal: null, etaMs: null, bytesPerSecond: 0.6 }) })
	reporter.told(job, { ...aProbedEvent, bytes: null })
	reporter.told(job, { event: 'retry', code: 'E_NETWORK', delayMs: 250.4, attempt: 1, message: 'reset' })
	reporter.ended({ kind: 'done', job, result: aResult({ verified: [digest], durationMs: 1999.7 }) })
	reporter.ended({ kind: 'failed', job: failedJob, error: new DownloadError('E_IO', 'no', { hint: 'Make room.' }) })
	reporter.summarize(
		[
			{ kind: 'done', job, result: aResult() },
			{ kind: 'failed', job: failedJob, error: new DownloadError('E_IO', 'no') },
		],
		2500.2,
	)

	expect(events()).toEqual([
		{ ...aProbedEvent, id: 7, bytes: null },
		{ event: 'progress', id: 7, bytesDone: 0, bytesTotal: null, bytesPerSecond: 1, connections: 1, etaMs: null },
		{ event: 'retry', id: 7, code: 'E_NETWORK', delayMs: 250, attempt: 1 },
		{
			event: 'done',
			id: 7,
			path: '/downloads/file.bin',
			bytes: 1000,
			durationMs: 2000,
			bytesReceived: 1010,
			requests: 3,
			connectionsPeak: 2,
			resumedFrom: 0,
			lengthVerified: true,
			verified: [digest],
			verdict: { bottleneck: 'line', text: 'The line is full: 2 connections were as fast as 4.' },
		},
		{ event: 'failed', id: 8, code: 'E_IO', message: 'no', hint: 'Make room.' },
		{ event: 'summary', done: 1, failed: 1, bytes: 1000, durationMs: 2500 },
	])
})

test('a failure without a hint has null there', () => {
	const { reporter, events } = setUp()
	reporter.ended({ kind: 'failed', job, error: new DownloadError('E_IO', 'no') })
	expect(events('failed')).toEqual([{ event: 'failed', id: 7, code: 'E_IO', message: 'no', hint: null }])
})

test('progress comes at least once and at most ten times a second, from the first answer to the end', async () => {
	const { reporter, clock, events } = setUp()
	const begin = async (id: number, ms: number): Promise<void> => {
		reporter.begun({ ...job, id }, { snapshot: () => aSnapshot({ bytesDone: clock.now() }) })
		await clock.advance(ms)
		expect(events('progress').filter(event => event['id'] === id)).toEqual([])
		reporter.told({ ...job, id }, aProbedEvent)
	}
	await begin(1, 3_130)
	await begin(2, 90)
	await clock.advance(4_000)
	for (const id of [1, 2]) {
		const times = events('progress').flatMap(event => (event['id'] === id ? [Number(event['bytesDone'])] : []))
		const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
		expect(Math.max(...gaps)).toBeLessThanOrEqual(1000)
		const inSecond = times.map(from => times.filter(time => time >= from && time < from + 1000).length)
		expect(Math.max(...inSecond)).toBeLessThanOrEqual(10)
	}
	reporter.ended({ kind: 'done', job: { ...job, id: 1 }, result: aResult() })
	reporter.ended({ kind: 'done', job: { ...job, id: 2 }, result: aResult() })
	const count = events().length
	await clock.advance(2_000)
	expect(events()).toHaveLength(count)
	reporter.close()
	expect(clock.pending).toBe(0)
})

test('notices and errors are said beside the events and not among them', () => {
	const { reporter, said, events } = setUp()
	reporter.told(job, { event: 'notice', message: 'moved \u001b[31maside' })
	expect(events()).toEqual([])
	reporter.ended({ kind: 'failed', job, error: new DownloadError('E_IO', 'no room') })
	expect(said).toEqual(['skein: moved \\u{1b}[31maside', 'skein: http://host/file.bin: no room'])
})

test('docs/reference/events.md names the fields of every event, and no others', async () => {
	const page = await readFile(new URL('../../../docs/reference/events.md', import.meta.url), 'utf8')
	const rows = [...page.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)]
	const documented = Object.fromEntries(
		rows.map(([, event, fields = '']) => [event, [...fields.matchAll(/`(\w+)`/g)].map(([, field]) => field).sort()]),
	)
	const { reporter, events } = setUp()
	reporter.begun(job, { snapshot: () => aSnapshot() })
	reporter.told(job, aProbedEvent)
	reporter.told(job, { event: 'retry', code: 'E_NETWORK', delayMs: 1, attempt: 1, message: '' })
	reporter.ended({ kind: 'done', job, result: aResult() })
	reporter.ended({ kind: 'failed', job, error: new DownloadError('E_IO', '') })
	reporter.summarize([], 1)
	const told = Object.fromEntries(
		events().map(({ event, ...fields }) => [
			event,
			Object.keys(fields)
				.filter(field => field !== 'id')
				.sort(),
		]),
	)
	expect(documented).toMatchObject(told)
})
