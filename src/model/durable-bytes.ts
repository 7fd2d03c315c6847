import type { ByteRange } from './byte-range.ts'
import { RangeSet } from './range-set.ts'

/** What records of a journal, in their order, leave durable: bytes that were synced, and not written over since. */
export function durableBytes(
	records: readonly { readonly kind: 'written' | 'durable'; readonly range: ByteRange }[],
): RangeSet {
	const durable = new RangeSet()
	for (const { kind, range } of records) {
		if (kind === 'durable') durable.add(range)
		else durable.remove(range)
	}
	return durable
}
