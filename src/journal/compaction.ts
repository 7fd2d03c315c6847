import { RangeSet } from '../model/range-set.ts'
import type { JournalRecord } from './contract.ts'

/** The fewest records that say the same: durable ranges in one, and of the written ones those that are not durable yet. */
export function compact(records: readonly JournalRecord[]): JournalRecord[] {
	const durable = new RangeSet()
	for (const record of records) if (record.kind === 'durable') durable.add(record.range)
	return [
		...durable.ranges.map(range => ({ kind: 'durable', range }) as const),
		...records.filter(record => record.kind === 'written' && !durable.has(record.range)),
	]
}
