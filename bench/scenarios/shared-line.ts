import { contentOfWire } from '../line/namespace.ts'
import { contenders, MB } from './contenders.ts'
import { againstBestOf, allOf, share } from './figures.ts'
import type { Scenario } from './scenario.ts'

const rate = 12 * MB
const bytes = 60 * MB
const others = ['skein:1', 'skein:2', 'skein:4', 'skein:8']

/** One connection fills such a line: others only take from it. */
export const sharedLine: readonly Scenario[] = [
	on('shared-line', 'kept by the origin', { origin: { bytes, line: rate } }),
	on('shared-line-far', 'kept by the origin, 100 ms away', {
		origin: { bytes, line: rate },
		delay: { roundTripMs: 100 },
	}),
	on('shared-line-tbf', 'kept by the kernel', { origin: { bytes }, wireBytesPerSecond: rate }),
	on('shared-line-tbf-far', 'kept by the kernel, 100 ms away', {
		origin: { bytes },
		wireBytesPerSecond: rate,
		delay: { roundTripMs: 100 },
	}),
]

function on(name: string, kept: string, line: Pick<Scenario, 'origin' | 'delay' | 'wireBytesPerSecond'>): Scenario {
	const content = line.wireBytesPerSecond === undefined ? 1 : contentOfWire
	return {
		name,
		about: `a shared line of 12 MB/s, ${kept}, 60 MB`,
		...line,
		idealMs: (bytes / rate / content) * 1000,
		contenders: contenders('skein:auto', ...others, 'curl:1', 'aria2:16', 'axel:16'),
		claims: [
			{
				claim: 'auto within 15 % of the best fixed -x: wall',
				about: ['skein:auto', ...others],
				figure: againstBestOf('skein:auto', others),
				wanted: { atMost: 1.15 },
			},
			{
				claim: 'at most 4 connections at once in 19 of 20 runs: share of runs',
				about: ['skein:auto'],
				figure: share('skein:auto', run => allOf(run).connectionsPeak <= 4),
				wanted: { atLeast: 0.95 },
			},
		],
	}
}
