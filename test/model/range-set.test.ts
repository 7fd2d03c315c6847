import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ByteRange, intersection, isEmpty, lengthOf } from '../../src/model/byte-range.ts'
import { RangeSet } from '../../src/model/range-set.ts'

const size = 48
const offset = fc.integer({ min: 0, max: size })
const range: fc.Arbitrary<ByteRange> = fc.tuple(offset, offset).map(([a, b]) => ({ start: a, end: b }))
const forward = range.map(({ start, end }) => ({ start: Math.min(start, end), end: Math.max(start, end) }))
const step = fc.record({ kind: fc.constantFrom('add', 'remove'), range })

/** The same set as one flag a byte. */
function flagsAfter(steps: readonly { kind: string; range: ByteRange }[]): boolean[] {
	const flags = new Array<boolean>(size).fill(false)
	for (const { kind, range } of steps) {
		for (let byte = range.start; byte < range.end; byte++) flags[byte] = kind === 'add'
	}
	return flags
}

function setAfter(steps: readonly { kind: string; range: ByteRange }[]): RangeSet {
	const set = new RangeSet()
	for (const { kind, range } of steps) {
		if (kind === 'add') set.add(range)
		else set.remove(range)
	}
	return set
}

function runsOf(flags: readonly boolean[], value: boolean, within: ByteRange): ByteRange[] {
	const runs: ByteRange[] = []
	for (let byte = within.start; byte < within.end; byte++) {
		if (flags[byte] !== value) continue
		const last = runs.at(-1)
		if (last?.end === byte) runs[runs.length - 1] = { start: last.start, end: byte + 1 }
		else runs.push({ start: byte, end: byte + 1 })
	}
	return runs
}

const all = { start: 0, end: size }

describe('a set of ranges', () => {
	test('holds exactly the bytes that were added and not removed since, as the fewest ranges in order', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 20 }), steps => {
				const flags = flagsAfter(steps)
				const set = setAfter(steps)
				expect(set.ranges).toEqual(runsOf(flags, true, all))
				expect(set.bytes).toBe(flags.filter(Boolean).length)
			}),
			{ numRuns: 500 },
		)
	})

	test('names what is missing within any range', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 12 }), forward, (steps, within) => {
				expect(setAfter(steps).gaps(within)).toEqual(runsOf(flagsAfter(steps), false, within))
			}),
			{ numRuns: 500 },
		)
	})

	test('has a range where it has every byte of it', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 12 }), forward, (steps, asked) => {
				const flags = flagsAfter(steps)
				expect(setAfter(steps).has(asked)).toBe(runsOf(flags, false, asked).length === 0)
			}),
			{ numRuns: 500 },
		)
	})

	test('follows a run from any byte to its end', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 12 }), offset, (steps, from) => {
				const flags = flagsAfter(steps)
				let end = from
				while (flags[end] === true) end++
				expect(setAfter(steps).endOfRunAt(from)).toBe(end)
			}),
			{ numRuns: 500 },
		)
	})

	test('is the same in whatever order its ranges came', () => {
		fc.assert(
			fc.property(
				fc
					.array(range, { maxLength: 10 })
					.chain(ranges =>
						fc.tuple(
							fc.constant(ranges),
							fc.shuffledSubarray(ranges, { minLength: ranges.length, maxLength: ranges.length }),
						),
					),
				([inOrder, shuffled]) => {
					expect(new RangeSet(shuffled).ranges).toEqual(new RangeSet(inOrder).ranges)
				},
			),
		)
	})

	test('holds offsets beyond 2^32', () => {
		const far = 2 ** 52
		const set = new RangeSet([{ start: far, end: far + 4 }])
		set.add({ start: far + 4, end: far + 8 })
		expect(set.ranges).toEqual([{ start: far, end: far + 8 }])
		expect(set.gaps({ start: far - 1, end: far + 9 })).toEqual([
			{ start: far - 1, end: far },
			{ start: far + 8, end: far + 9 },
		])
	})
})

describe('two ranges', () => {
	test('have in common the bytes that are in both', () => {
		fc.assert(
			fc.property(forward, forward, (a, b) => {
				const common = intersection(a, b)
				const bytes = Array.from({ length: size }, (_, byte) => byte)
				const inBoth = bytes.filter(byte => [a, b].every(({ start, end }) => start <= byte && byte < end))
				expect(lengthOf(common)).toBe(inBoth.length)
				expect(isEmpty(common)).toBe(inBoth.length === 0)
				if (inBoth.length > 0) expect(common.start).toBe(inBoth[0])
			}),
		)
	})
})
