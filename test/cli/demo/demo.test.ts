import { writeFile } from 'node:fs/promises'
import { get, type IncomingHttpHeaders } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { createDemoBody, runTrial, type Trial } from '../../../src/cli/commands/demo/experiment.ts'
import { type SlowOrigin, startSlowOrigin } from '../../../src/cli/commands/demo/origin.ts'
import { drawTrial, explainTrials, tableHead } from '../../../src/cli/commands/demo/table.ts'
import { noPaint } from '../../../src/cli/render/paint.ts'
import { aResult, FakeClient } from '../../session/fake-client.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { tempDir } from '../../support/temp-dir.ts'

const body = createDemoBody(100_000)
const bytesPerSecond = 50_000

let origin: SlowOrigin | undefined

afterEach(() => origin?.close())

interface Answer {
	readonly status: number | undefined
	readonly headers: IncomingHttpHeaders
	readonly bytes: Buffer
}

/** Asks, and lets virtual time pass until the answer is whole. */
async function ask(headers: Record<string, string>, clock: FakeClock): Promise<Answer> {
	origin = await startSlowOrigin(body, bytesPerSecond, clock)
	let answer: Answer | undefined
	const request = get(origin.url, { headers }, async response => {
		const chunks: Buffer[] = await response.toArray()
		answer = { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }
	})
	while (answer === undefined) {
		if (request.destroyed) throw new Error('the request failed')
		if (clock.pending > 0) await clock.advance(20)
		await setImmediate()
	}
	return answer
}

test.each<[string, Record<string, string>, number, string | undefined, number, number]>([
	['no range', {}, 200, undefined, 0, 100_000],
	['an open range', { Range: 'bytes=90000-' }, 206, 'bytes 90000-99999/100000', 90_000, 100_000],
	['a closed range', { Range: 'bytes=0-9' }, 206, 'bytes 0-9/100000', 0, 10],
	['a range beyond the end', { Range: 'bytes=99990-200000' }, 206, 'bytes 99990-99999/100000', 99_990, 100_000],
	['another version', { Range: 'bytes=0-9', 'If-Range': '"other"' }, 200, undefined, 0, 100_000],
	['what it does not understand', { Range: 'bytes=0-1,3-4' }, 200, undefined, 0, 100_000],
	['a range that is not there', { Range: 'bytes=100000-' }, 416, 'bytes */100000', 0, 0],
])('the demo’s server answers %s as HTTP wants it', async (_, headers, status, contentRange, start, end) => {
	const answer = await ask(headers, new FakeClock())
	expect(answer).toMatchObject({ status })
	expect(answer.headers['content-range']).toBe(contentRange)
	expect(answer.bytes.equals(body.subarray(start, end))).toBe(true)
})

test('the demo’s server gives a connection its rate, and no more', async () => {
	const clock = new FakeClock()
	await ask({}, clock)
	const wholeMs = (body.length / bytesPerSecond) * 1000
	// What is due is sent every 20 ms; turns of virtual time that pass while the answer is read come on top.
	expect(clock.now()).toBeGreaterThanOrEqual(wholeMs)
})

test('no two words of the demo’s file are alike', () => {
	const words = new Uint32Array(body.buffer, body.byteOffset, body.length / 4)
	expect(new Set(words).size).toBe(words.length)
})

test('a trial tells whether every byte is the one that was served', async () => {
	await using folder = await tempDir()
	const client = new FakeClient()
	const { signal } = new AbortController()
	const options = { client, url: new URL('http://host/x'), body, folder: folder.path, signal, begun: () => {} }
	const wrong = Buffer.from(body)
	wrong[99_999] = (wrong[99_999] ?? 0) ^ 1
	for (const [served, same] of [
		[body, true],
		[wrong, false],
		[body.subarray(1), false],
	] as const) {
		client.begun = async run => {
			await writeFile(String(run.options.to), served)
			run.succeed(aResult({ connectionsPeak: 4, durationMs: 250 }))
		}
		expect(await runTrial(4, options)).toEqual({
			connections: 4,
			durationMs: 250,
			bytes: 1000,
			connectionsPeak: 4,
			same,
		})
	}
})

test('the table lines up, and what was seen is said in three sentences', () => {
	const trial = (connections: 'auto' | number, durationMs: number, connectionsPeak: number): Trial => ({
		...{ connections, durationMs, connectionsPeak, bytes: 4 * 1024 ** 2, same: connections !== 4 },
	})
	const trials = [trial(1, 4040, 1), trial(4, 1050, 4), trial('auto', 1500, 8)]
	expect(`\n${[tableHead, ...trials.map(row => drawTrial(row, 4040, noPaint))].join('\n')}\n`).toMatchInlineSnapshot(`
		"
		asked for      time     speed       used  bytes
		1 connection   4.0 s    1.0 MiB/s   1     all the same  ████████████████████████
		4 connections  1.1 s    3.8 MiB/s   4     DIFFERENT     ██████
		auto           1.5 s    2.7 MiB/s   8     all the same  █████████
		"
	`)
	expect(explainTrials(trials, 1024 ** 2)).toMatchInlineSnapshot(`
		[
		  "This server gives each connection 1.0 MiB a second, so one connection took 4.0 s although the line could carry far more.",
		  "4 connections each fetched a part of the file at the same time and were 3.8 times as fast; \`auto\` began with one, added connections for as long as each step paid, and was 2.7 times as fast with 8.",
		  "Where one connection fills the line already, more bring nothing: \`auto\` notices that too, and stays with few.",
		]
	`)
})
