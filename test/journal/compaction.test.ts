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

const durableOf = (records: readonly JournalRecord[]) =>
	new RangeSet(records.filter(({ kind }) => kind === 'durable').map(({ range }) => range))

test('compaction keeps which bytes are durable, and every written record that is not wholly so', () => {
	fc.assert(
		fc.property(fc.array(record), records => {
			const compacted = compact(records)
			const durable = durableOf(records)
			expect(durableOf(compacted).ranges).toEqual(durable.ranges)
			expect(compacted.filter(({ kind }) => kind === 'durable')).toHaveLength(durable.ranges.length)
			const written = (some: readonly JournalRecord[]) => some.filter(({ kind }) => kind === 'written')
			expect(written(compacted)).toEqual(written(records).filter(({ range }) => !durable.has(range)))
			expect(compact(compacted)).toEqual(compacted)
		}),
	)
})
