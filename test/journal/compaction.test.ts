import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compact } from '../../src/journal/compaction.ts'
import type { JournalRecord } from '../../src/journal/contract.ts'
import { RangeSet } from '../../src/model/range-set.ts'

const range = fc
	.tuple(fc.nat(50), fc.integer({ min: 1, max: 20 }))
	.map(([start, bytes]) => ({ start, end: start + bytes }))
const record: fc.Arbitrary<JournalRecord> = fc.oneof(
	fc.record({ kind: fc.constant('written' as const), range, crc32: fc.nat() }),
	fc.record({ kind: fc.constant('durable' as const), range }),
)

/** What a reader takes for durable: bytes that are written again are not, until they are synced again. */
function durableOf(records: readonly JournalRecord[]): RangeSet {
	const durable = new RangeSet()
	for (const { kind, range } of records) kind === 'durable' ? durable.add(range) : durable.remove(range)
	return durable
}

const written = (records: readonly JournalRecord[]) => records.filter(({ kind }) => kind === 'written')

test('compaction claims no byte that was not durable, and keeps every record of those that are not', () => {
	fc.assert(
		fc.property(fc.array(record), records => {
			const compacted = compact(records)
			const before = durableOf(records)
			const loose = written(records).filter(({ range }) => !before.has(range))
			for (const { range } of loose) before.remove(range)
			expect(durableOf(compacted).ranges).toEqual(before.ranges)
			expect(compacted.filter(({ kind }) => kind === 'durable')).toHaveLength(before.ranges.length)
			expect(compacted.slice(compacted.length - loose.length)).toEqual(loose)
			expect(compact(compacted)).toEqual(compacted)
		}),
	)
})

test('compaction keeps some of the checksums of durable bytes, spread over all of them', () => {
	const extents = Array.from(
		{ length: 1000 },
		(_, n) => ({ kind: 'written', range: { start: n * 10, end: n * 10 + 10 }, crc32: n }) as const,
	)
	const compacted = compact([...extents, { kind: 'durable', range: { start: 0, end: 10_000 } }])

	const kept = written(compacted)
	expect(kept).toHaveLength(64)
	expect(kept.every(extent => extents.some(other => other.range.start === extent.range.start))).toBe(true)
	expect(kept.at(-1)?.range.start).toBeGreaterThan(9_000)
	expect(compacted.at(-1)).toEqual({ kind: 'durable', range: { start: 0, end: 10_000 } })
})
