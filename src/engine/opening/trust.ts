import type { Random } from '../../base/random.ts'
import type { JournalState } from '../../journal/contract.ts'
import { type ByteRange, lengthOf } from '../../model/byte-range.ts'
import { durableBytes } from '../../model/durable-bytes.ts'
import { RangeSet } from '../../model/range-set.ts'

/** Which bytes of an earlier run are there, and which of them need no proof any more. */
export interface Trusted {
	readonly written: RangeSet
	readonly durable: RangeSet
}

interface Extent {
	readonly range: ByteRange
	readonly crc32: number
}

/** How many durable extents are read back on a resume: enough to notice that it is another file. */
const sampleSize = 16

/** Answers the CRC32 of bytes in the sink. */
export type ReadCrc = (range: ByteRange) => Promise<number | undefined>

/**
 * Decides what of an earlier run can be built on.
 *
 * Durable bytes were synced before the journal said so, and a sample of them is read back. Bytes that were only written
 * are read back whole, since after a power cut the file has its size and its inode, and zeros: what agrees with its CRC
 * stays. If anything of the sample disagrees, everything that has a CRC is checked and nothing else is trusted.
 */
export async function trustedExtents(state: JournalState, readCrc: ReadCrc, random: Random): Promise<Trusted> {
	const durable = durableBytes(state.records)
	const extents = lastExtents(state)
	const settled = extents.filter(extent => durable.has(extent.range))
	const loose = extents.filter(extent => !durable.has(extent.range))
	if (!(await allAgree(pick(settled, random), readCrc))) return onlyProven(extents, readCrc)
	const written = new RangeSet(durable.ranges)
	for (const extent of loose) {
		if (await agrees(extent, readCrc)) written.add(extent.range)
		// It does not say which of its bytes are wrong: those of them that are durable are not trusted either.
		else for (const trusted of [written, durable]) trusted.remove(extent.range)
	}
	return { written, durable }
}

async function onlyProven(extents: readonly Extent[], readCrc: ReadCrc): Promise<Trusted> {
	const written = new RangeSet()
	for (const extent of extents) if (await agrees(extent, readCrc)) written.add(extent.range)
	return { written, durable: new RangeSet() }
}

/** A stretch that was written twice has the later CRC; an earlier one that it touches says nothing any more. */
function lastExtents(state: JournalState): Extent[] {
	const seen = new RangeSet()
	const extents: Extent[] = []
	for (const record of [...state.records].reverse()) {
		if (record.kind !== 'written') continue
		const untouched = seen.gaps(record.range).reduce((sum, gap) => sum + lengthOf(gap), 0) === lengthOf(record.range)
		if (untouched) extents.push(record)
		seen.add(record.range)
	}
	return extents
}

function pick(extents: readonly Extent[], random: Random): Extent[] {
	if (extents.length <= sampleSize) return [...extents]
	return Array.from({ length: sampleSize }, () => extents[Math.floor(random() * extents.length)] as Extent)
}

async function allAgree(extents: readonly Extent[], readCrc: ReadCrc): Promise<boolean> {
	for (const extent of extents) if (!(await agrees(extent, readCrc))) return false
	return true
}

const agrees = async (extent: Extent, readCrc: ReadCrc): Promise<boolean> =>
	(await readCrc(extent.range)) === extent.crc32
