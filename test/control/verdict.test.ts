import { expect, test } from 'vitest'
import type { ClimbFacts } from '../../src/control/connections.ts'
import { type Bottleneck, concludeVerdict, type VerdictFacts } from '../../src/control/verdict.ts'

const MiB = 1024 * 1024

const plain: VerdictFacts = {
	durationMs: 10_000,
	bytesReceived: 100 * MiB,
	connectionsPeak: 8,
	climb: 'fixed',
	limitBytesPerSecond: undefined,
	heldByLimitMs: 0,
	requests: 20,
	refusals: 0,
	waitedForServerMs: 100,
	waitedForDiskMs: 0,
	cpuMs: 1000,
	heldUpByOneLaneMs: 100,
}

function climb(paid: boolean | undefined, heldBy: ClimbFacts['heldBy']): ClimbFacts {
	const lastDoubling =
		paid === undefined
			? undefined
			: { from: 4, to: 8, beforeBytesPerSecond: 5 * MiB, afterBytesPerSecond: (paid ? 10 : 5.1) * MiB, paid }
	return { goodputs: [], lastDoubling, heldBy }
}

test.each<[string, Partial<VerdictFacts>, Bottleneck, RegExp]>([
	['a moment', { durationMs: 400 }, 'too-short-to-tell', /0\.4 s/],
	['heads that take most of the time', { waitedForServerMs: 6000 }, 'server', /6\.0 s of 10\.0 s/],
	['more refusals than answers', { refusals: 11 }, 'server', /11 of 20/],
	[
		'a limit that connections had to wait for',
		{ limitBytesPerSecond: 10 * MiB, heldByLimitMs: 9000 },
		'limit',
		/at 10\.0 MiB\/s: for 9\.0 s of 10\.0 s the limit of 10\.0 MiB\/s/,
	],
	['a disk that held lanes back', { waitedForDiskMs: 5000 }, 'disk', /10\.0 MiB\/s.*5\.0 s of 10\.0 s/],
	['a processor that was full', { cpuMs: 9500 }, 'cpu', /9\.5 s/],
	['one lane left at the end', { heldUpByOneLaneMs: 3000 }, 'slow-source', /3\.0 s of 10\.0 s/],
	[
		'more lanes that brought nothing',
		{ climb: climb(false, 'no-gain') },
		'line',
		/4 connections .*5\.0 MiB\/s; 8 .*5\.1 MiB\/s/,
	],
	['a fourfold step that half would have done', { climb: climb(true, 'no-gain') }, 'line', /between 4 and 8/],
	[
		'a rise until the ceiling',
		{ climb: climb(true, 'ceiling') },
		'server-per-connection',
		/8 10\.0 MiB\/s; more were not allowed/,
	],
	['a rise until the end', { climb: climb(true, 'too-little-left') }, 'server-per-connection', /too little left/],
	['a rise that was still going on', { climb: climb(true, undefined) }, 'server-per-connection', /4 connections/],
	['a host that takes no more', { climb: climb(true, 'host') }, 'server', /8 connections .*refused/],
	['a host that takes one', { climb: climb(undefined, 'host'), connectionsPeak: 1 }, 'server', /1 connection brought/],
	[
		'a file that was over before a second lane paid',
		{ climb: climb(undefined, 'too-little-left') },
		'too-short-to-tell',
		/8 conn/,
	],
	['a given number', {}, 'too-short-to-tell', /the number was given/],
	[
		'a server without parts',
		{ climb: 'no-ranges', connectionsPeak: 1 },
		'too-short-to-tell',
		/1 connection .*no parts/,
	],
])('%s', (_, facts, bottleneck, text) => {
	const verdict = concludeVerdict({ ...plain, ...facts })
	expect(verdict.bottleneck).toBe(bottleneck)
	expect(verdict.text).toMatch(text)
})

test('a limit that was seldom waited for, a disk that seldom waited and refusals here and there are no verdict', () => {
	const facts = {
		...plain,
		limitBytesPerSecond: 20 * MiB,
		heldByLimitMs: 1000,
		waitedForDiskMs: 1000,
		refusals: 2,
		climb: climb(false, 'no-gain'),
	}
	expect(concludeVerdict(facts).bottleneck).toBe('line')
})

test('a disk that held lanes back is named even where more lanes brought nothing', () => {
	expect(concludeVerdict({ ...plain, waitedForDiskMs: 5000, climb: climb(false, 'no-gain') }).bottleneck).toBe('disk')
})
