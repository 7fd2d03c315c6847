import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/base/errors.ts'
import {
	fewOfEachHost,
	isOfTheSource,
	type SourceFacts,
	sourceForNextLane,
	worthComparing,
} from '../../src/control/mirror-ranking.ts'

const source = (
	name: string,
	lanes: number,
	bytesPerSecond?: number,
	mayOpen = true,
): SourceFacts & { name: string } => ({
	...{ name, lanes, bytesPerSecond, mayOpen },
})

describe('the next lane', () => {
	test.each<[string, (SourceFacts & { name: string })[], string | undefined]>([
		['the only one', [source('a', 3, 1)], 'a'],
		['one that has none yet, in the order given', [source('a', 1, 9), source('b', 0), source('c', 0)], 'b'],
		['the one whose lanes bring the most each', [source('a', 4, 4000), source('b', 1, 7000)], 'b'],
		['not the one whose line is full', [source('a', 8, 8000), source('b', 2, 3000)], 'b'],
		['the one with fewer lanes where both bring the same', [source('a', 2, 2000), source('b', 1, 1000)], 'b'],
		['one that is measured before one that is not', [source('a', 1), source('b', 2, 10)], 'b'],
		['no host that takes no more', [source('a', 1, 9000, false), source('b', 1, 10)], 'b'],
		['nowhere', [source('a', 1, 9000, false)], undefined],
	])('goes to %s', (_, sources, name) => {
		expect(sourceForNextLane(sources)?.name).toBe(name)
	})

	test('fills lines of 7 and 1 MB/s until a further lane would bring each the same', () => {
		const lanes = new Map([
			['fast', 0],
			['slow', 0],
		])
		for (let step = 0; step < 16; step += 1) {
			const next = sourceForNextLane([
				source('fast', lanes.get('fast') ?? 0, 7e6),
				source('slow', lanes.get('slow') ?? 0, 1e6),
			])
			lanes.set(next?.name ?? '', (lanes.get(next?.name ?? '') ?? 0) + 1)
		}
		expect(Object.fromEntries(lanes)).toEqual({ fast: 14, slow: 2 })
	})
})

test.each<[string, number, number]>([
	['fetch at most a quarter of what is left', 1299, 3],
	['are not made where one would be more than that', 399, 0],
	['are of no more sources than there may be lanes for', 1e6, 7],
])('comparisons %s', (_, bytesLeft, expected) => {
	expect(worthComparing(bytesLeft, 100, 8)).toBe(expected)
})

test('of each host the first four addresses are enough', () => {
	const addresses = ['a', 'b', 'a', 'a', 'a:81', 'a', 'a', 'b'].map((host, nth) => ({
		url: new URL(`http://${host}/${nth}`),
	}))
	expect(fewOfEachHost(addresses).map(({ url }) => url.pathname)).toEqual(['/0', '/1', '/2', '/3', '/4', '/5', '/7'])
})

test('what is of our own disk, of the target or of the caller is no reason to ask somebody else', () => {
	expect(errorCodes.filter(code => !isOfTheSource(code))).toEqual([
		'E_INTERNAL',
		'E_USAGE',
		'E_NO_SPACE',
		'E_IO',
		'E_EXISTS',
		'E_LOCKED',
		'E_UNSAFE_NAME',
		'E_TOO_LARGE',
		'E_ABORTED',
	])
})
