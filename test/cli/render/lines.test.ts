import { expect, test } from 'vitest'
import { DownloadError } from '../../../src/base/errors.ts'
import { describeError } from '../../../src/cli/render/error-line.ts'
import { describeOffer } from '../../../src/cli/render/offer.ts'
import { PlainReporter } from '../../../src/cli/render/plain.ts'
import { describeResult, displayPath } from '../../../src/cli/render/result.ts'
import { TerminalReporter } from '../../../src/cli/render/terminal.ts'
import type { Job } from '../../../src/session/session.ts'
import { aProbedEvent, aResult, aSnapshot } from '../../session/fake-client.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeScreen } from '../fake-environment.ts'

const job: Job = { id: 1, url: new URL('http://host/file.bin?key=SECRET'), options: {} }
const MiB = 1024 ** 2

test('a finished file is one line: path, size, time, speed, how it was verified, and the verdict', () => {
	const result = aResult({
		path: '/downloads/in/file.bin',
		bytes: 628 * MiB,
		durationMs: 52_000,
		verified: [
			{ algorithm: 'sha-256', value: '00', source: 'caller' },
			{ algorithm: 'md5', value: '11', source: 'content-md5' },
		],
	})
	expect(describeResult(result, '/downloads')).toMatchInlineSnapshot(
		`"in/file.bin: 628 MiB in 52 s, 12.1 MiB/s; sha-256 verified (as given), md5 verified (from the server). The line is full: 2 connections were as fast as 4."`,
	)
	expect(describeResult({ ...result, resumedFrom: 576 * MiB, verified: [] }, '/elsewhere')).toMatchInlineSnapshot(
		`"/downloads/in/file.bin: 628 MiB (576 MiB were there) in 52 s, 1.0 MiB/s; length checked. The line is full: 2 connections were as fast as 4."`,
	)
	expect(describeResult({ ...result, path: null, lengthVerified: false, verified: [] }, '/')).toMatchInlineSnapshot(
		`"standard output: 628 MiB in 52 s, 12.1 MiB/s; length not verified: only a closed connection marked the end. The line is full: 2 connections were as fast as 4."`,
	)
	expect(describeResult({ ...result, skipped: true }, '/downloads')).toMatchInlineSnapshot(
		`"in/file.bin: was there already and was left alone"`,
	)
})

test.each([
	['/a/b/c', '/a', 'b/c'],
	['/a', '/a', '/a'],
	['/b/c', '/a', '/b/c'],
	['/a/..b', '/a', '..b'],
	[null, '/a', 'standard output'],
	['/a/\u001b]0;x', '/a', '\\u{1b}]0;x'],
])('%j seen from %s is %s', (path, folder, shown) => {
	expect(displayPath(path, folder)).toBe(shown)
})

test('an error is one line: what happened, and what to do', () => {
	const error = (message: string, hint?: string): string => describeError(new DownloadError('E_IO', message, { hint }))
	expect(error('http://host/x answered 404', 'Check the address.')).toBe(
		'skein: http://host/x answered 404. Check the address.',
	)
	expect(describeError(new DownloadError('E_IO', 'http://host/x broke'), 'http://host/x')).toBe(
		'skein: http://host/x broke',
	)
	expect(describeError(new DownloadError('E_IO', 'it broke'), 'http://host/x')).toBe('skein: http://host/x: it broke')
	expect(error('It broke.', 'Try again.')).toBe('skein: It broke. Try again.')
	expect(error('It\nbroke\u001b[2J')).toBe('skein: It\\u{a}broke\\u{1b}[2J')
})

test('an offer is a fact a line, with nothing in it that could act on a terminal', () => {
	const offer = {
		...aProbedEvent,
		name: 'file.bin',
		redirects: ['http://first/'],
		digests: [{ algorithm: 'md5', value: '00', source: 'content-md5' }],
		mirrors: ['http://mirror/\u009b31m'],
		etag: '"a\u001b[2J"',
		lastModified: null,
		contentType: 'text/plain',
	} as const
	expect(`\n${describeOffer(offer).join('\n')}\n`).toMatchInlineSnapshot(`
		"
		url            http://host/file.bin
		redirected by  http://first/
		name           file.bin
		size           1.0 KiB (1000 bytes)
		ranges         yes: many connections, and resume
		validator      ETag "a\\u{1b}[2J"
		type           text/plain
		digest         md5 00
		mirror         http://mirror/\\u{9b}31m
		"
	`)
	const poor = {
		...offer,
		bytes: null,
		ranges: false,
		validator: 'none',
		redirects: [],
		digests: [],
		mirrors: [],
	} as const
	expect(`\n${describeOffer(poor).join('\n')}\n`).toMatchInlineSnapshot(`
		"
		url        http://host/file.bin
		name       file.bin
		size       unknown
		ranges     no: one connection
		validator  none that is strong: what is fetched cannot be told from another version
		type       text/plain
		"
	`)
})

test('without a terminal: a line at the begin and at the end, and one every five seconds', async () => {
	const screen = new FakeScreen()
	const clock = new FakeClock()
	const reporter = new PlainReporter(screen, '/downloads', clock)
	reporter.begun(job, { snapshot: () => aSnapshot({ bytesDone: clock.now() / 20, etaMs: 20_000 - clock.now() }) })
	reporter.told(job, { ...aProbedEvent, resumedFrom: 24 })
	await clock.advance(6_000)
	reporter.told(job, { event: 'retry', code: 'E_NETWORK', delayMs: 10, attempt: 1, message: 'reset' })
	reporter.told(job, { event: 'notice', message: 'the server ignores ranges' })
	await clock.advance(6_000)
	reporter.ended({ kind: 'done', job, result: aResult() })
	await clock.advance(60_000)
	reporter.ended({ kind: 'failed', job, error: new DownloadError('E_ABORTED', 'stopped') })
	reporter.close()

	expect(screen.written).toMatchInlineSnapshot(`
		"http://host/file.bin -> file.bin (1.0 KiB, going on at 24 B)
		file.bin: 25%, 250 B of 1.0 KiB, 100 B/s, 1 connection, 15 s left
		skein: the server ignores ranges
		file.bin: 50%, 500 B of 1.0 KiB, 100 B/s, 1 connection, 1 retry, 10 s left
		file.bin: 1.0 KiB in 2.0 s, 500 B/s; length checked. The line is full: 2 connections were as fast as 4.
		"
	`)
	expect(clock.pending).toBe(0)
})

test('on a terminal what ended stays, what is under way is redrawn, and at the end nothing else is left', async () => {
	const screen = new FakeScreen({ isTerminal: true, columns: 60 })
	const clock = new FakeClock()
	const reporter = new TerminalReporter(screen, '/downloads', clock, 2)
	const second: Job = { ...job, id: 2, url: new URL('http://host/b\u001b[2J.bin') }
	reporter.begun(job, { snapshot: () => aSnapshot({ bytesDone: 500, parts: [{ start: 0, end: 500 }] }) })
	reporter.begun(second, { snapshot: () => aSnapshot({ state: 'probing', bytesTotal: null }) })
	await clock.advance(1_000)
	expect(`\n${screen.lines().join('\n')}\n`).toMatchInlineSnapshot(`
		"
		file.bin             500 B of 1.0 KiB · 100 B/s · 10 s left
		███████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░  50%
		b_[2J.bin                                 asking the server
		0 of 2 done                 500 B · 200 B/s · 2 connections
		"
	`)
	reporter.told(job, { event: 'notice', message: 'the server ignores ranges' })
	reporter.ended({
		kind: 'failed',
		job: second,
		error: new DownloadError('E_HTTP_STATUS', 'http://host/b%1B[2J.bin: 404'),
	})
	await clock.advance(1_000)
	expect(`\n${screen.lines().join('\n')}\n`).toMatchInlineSnapshot(`
		"
		skein: the server ignores ranges
		skein: http://host/b%1B[2J.bin: 404
		file.bin             500 B of 1.0 KiB · 100 B/s · 10 s left
		███████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░  50%
		0 of 2 done, 1 failed                    100 B/s · 5 s left
		"
	`)
	reporter.ended({ kind: 'done', job, result: aResult() })
	await clock.advance(1_000)
	reporter.close()
	expect(`\n${screen.lines().join('\n')}\n`).toMatchInlineSnapshot(`
		"
		skein: the server ignores ranges
		skein: http://host/b%1B[2J.bin: 404
		✓ file.bin: 1.0 KiB in 2.0 s, 500 B/s; length checked. The line is full: 2 connections were as fast as 4.
		"
	`)
	expect(clock.pending).toBe(0)
	expect(screen.written).not.toContain('SECRET')
	expect(screen.written).not.toContain('\u001b[2J')
})
