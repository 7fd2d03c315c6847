import type { ByteRange } from '../model/byte-range.ts'
import { durableBytes } from '../model/durable-bytes.ts'
import type { JournalRecord } from './contract.ts'

/** As many CRCs of durable bytes are kept: a resume samples them to notice that it has another file before it. */
const samples = 64

/**
 * Fewer records that claim no more: durable ranges in one each, the written ones that are not durable, and a sample of the
 * CRCs of those that are.
 *
 * Order matters to whoever reads them: bytes that are written after they were durable are not durable any more.
 */
export function compact(records: readonly JournalRecord[]): JournalRecord[] {
	const durable = durableBytes(records)
	const written = records.filter(record => record.kind === 'written')
	const loose = written.filter(({ range }) => !durable.has(range))
	for (const { range } of loose) durable.remove(range)
	const settled = written.filter(({ range }) => durable.has(range))
	return [...spread(settled), ...durable.ranges.map(range => ({ kind: 'durable', range }) as const), ...loose]
}

function spread<Item extends { readonly range: ByteRange }>(items: readonly Item[]): readonly Item[] {
	const step = Math.max(1, items.length / samples)
	return Array.from({ length: Math.min(items.length, samples) }, (_, index) => items[Math.floor(index * step)] as Item)
}
