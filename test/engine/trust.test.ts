import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trustedExtents } from '../../src/engine/opening/trust.ts'
import type { JournalRecord, JournalState } from '../../src/journal/contract.ts'
import { type ByteRange, intersection, lengthOf } from '../../src/model/byte-range.ts'
import { RangeSet } from '../../src/model/range-set.ts'

const header = {
	url: 'https://example.test/file',
	urlDigest: 'd',
	bytes: 1000,
	identity: { etag: '"v1"', lastModified: undefined, date: undefined },
	file: { device: '1', inode: '2', birthNs: '3' },
	nonce: 'n',
}

const state = (records: readonly JournalRecord[]): JournalState => ({ header, records })

/** Any two different contents have different checksums here: what a CRC32 misses by chance is not the matter. */
function checksum(content: readonly number[]): number {
	const text = content.join()
	const known = checksums.get(text) ?? checksums.size + 1
	checksums.set(text, known)
	return known
}
const checksums = new Map<string, number>()

/** A file in which every byte is the number of the write that brought it; 0 was never written, or lost. */
class File {
	readonly content: number[]
	constructor(bytes: number) {
		this.content = new Array<number>(bytes).fill(0)
	}

	readonly reads: ByteRange[] = []
	readonly crcOf = (range: ByteRange): number => checksum(this.content.slice(range.start, range.end))
	readonly readCrc = async (range: ByteRange): Promise<number | undefined> => {
		this.reads.push(range)
		return range.end <= this.content.length ? this.crcOf(range) : undefined
	}

	write(range: ByteRange, value: number): JournalRecord {
		for (let byte = range.start; byte < range.end; byte++) this.content[byte] = value
		return { kind: 'written', range, crc32: this.crcOf(range) }
	}

	lose(range: ByteRange): void {
		for (let byte = range.start; byte < range.end; byte++) this.content[byte] = 0
	}
}

const range = (start: number, end: number): ByteRange => ({ start, end })
const durable = (start: number, end: number): JournalRecord => ({ kind: 'durable', range: range(start, end) })
const first = (): number => 0

const ranges = (set: RangeSet): [number, number][] => set.ranges.map(({ start, end }) => [start, end])

describe('what is there after the death of the process', () => {
	test('is trusted whole: durable bytes, and written ones that agree with their checksum', async () => {
		const file = new File(100)
		const records = [
			file.write(range(0, 20), 1),
			durable(0, 20),
			file.write(range(20, 30), 2),
			file.write(range(50, 60), 3),
		]
		const trusted = await trustedExtents(state(records), file.readCrc, first)
		expect(ranges(trusted.written)).toEqual([
			[0, 30],
			[50, 60],
		])
		expect(ranges(trusted.durable)).toEqual([[0, 20]])
	})

	test('is nothing where the journal says nothing', async () => {
		const trusted = await trustedExtents(state([]), new File(100).readCrc, first)
		expect(trusted.written.bytes + trusted.durable.bytes).toBe(0)
	})

	test('is trusted without checksums where it is durable', async () => {
		const trusted = await trustedExtents(state([durable(0, 40), durable(60, 80)]), new File(100).readCrc, first)
		expect(ranges(trusted.written)).toEqual([
			[0, 40],
			[60, 80],
		])
	})
})

describe('a written extent', () => {
	test('that was lost is not trusted, and its neighbours are', async () => {
		const file = new File(100)
		const records = [file.write(range(0, 10), 1), file.write(range(10, 20), 2), file.write(range(20, 30), 3)]
		file.lose(range(10, 20))
		const trusted = await trustedExtents(state(records), file.readCrc, first)
		expect(ranges(trusted.written)).toEqual([
			[0, 10],
			[20, 30],
		])
		expect(trusted.durable.bytes).toBe(0)
	})

	test('of which one byte was lost is not trusted at all', async () => {
		const file = new File(100)
		const records = [file.write(range(0, 50), 1)]
		file.lose(range(49, 50))
		expect((await trustedExtents(state(records), file.readCrc, first)).written.bytes).toBe(0)
	})

	test('that cannot be read back is not trusted', async () => {
		const records = [new File(100).write(range(0, 50), 1)]
		expect((await trustedExtents(state(records), async () => undefined, first)).written.bytes).toBe(0)
	})

	test('that was written over later is judged by the later checksum', async () => {
		const file = new File(100)
		const records = [file.write(range(0, 20), 1), file.write(range(0, 20), 2)]
		expect(ranges((await trustedExtents(state(records), file.readCrc, first)).written)).toEqual([[0, 20]])
		file.write(range(0, 20), 1)
		expect((await trustedExtents(state(records), file.readCrc, first)).written.bytes).toBe(0)
	})

	test('that was written over in part says nothing any more', async () => {
		const file = new File(100)
		const records = [file.write(range(0, 20), 1), file.write(range(10, 30), 2)]
		expect(ranges((await trustedExtents(state(records), file.readCrc, first)).written)).toEqual([[10, 30]])
	})

	test('that was written over after it was durable is no longer durable', async () => {
		const file = new File(1000)
		// More extents than a sample, so that a sample may pass over the one that matters.
		const records = Array.from({ length: 40 }, (_, at) => file.write(range(at * 10, at * 10 + 10), 1))
		records.push(durable(0, 400), file.write(range(390, 400), 2))
		file.lose(range(390, 400))
		const trusted = await trustedExtents(state(records), file.readCrc, first)
		expect(ranges(trusted.written)).toEqual([[0, 390]])
		expect(ranges(trusted.durable)).toEqual([[0, 390]])
	})

	test('that is durable in part and disagrees is not trusted in any part', async () => {
		const file = new File(100)
		const records = [file.write(range(0, 20), 1), durable(0, 12)]
		file.lose(range(5, 6))
		const trusted = await trustedExtents(state(records), file.readCrc, first)
		expect(trusted.written.bytes + trusted.durable.bytes).toBe(0)
	})
})

describe('a durable extent that was corrupted', () => {
	const corrupted = (extents: number) => {
		const file = new File(extents * 10)
		const records = Array.from({ length: extents }, (_, at) => file.write(range(at * 10, at * 10 + 10), at + 1))
		records.push(durable(0, extents * 10))
		return { file, records }
	}

	test('takes the trust from everything that has no checksum of its own', async () => {
		const { file, records } = corrupted(8)
		records.push(durable(80, 90), file.write(range(90, 100), 77))
		file.lose(range(35, 36))
		const trusted = await trustedExtents(state(records), file.readCrc, first)
		expect(ranges(trusted.written)).toEqual([
			[0, 30],
			[40, 80],
			[90, 100],
		])
		expect(trusted.durable.bytes).toBe(0)
	})

	test.each([0, 7, 15])('is found among sixteen, wherever it is (%i)', async at => {
		const { file, records } = corrupted(16)
		file.lose(range(at * 10, at * 10 + 1))
		const trusted = await trustedExtents(state(records), file.readCrc, first)
		expect(trusted.written.has(range(at * 10, at * 10 + 1))).toBe(false)
		expect(trusted.written.bytes).toBe(150)
	})

	test('is looked for in a sample of sixteen where there are many, spread by chance', async () => {
		const { file, records } = corrupted(1000)
		let turn = 0
		const spread = (): number => (turn++ % 16) / 16
		const trusted = await trustedExtents(state(records), file.readCrc, spread)
		expect(trusted.written.bytes).toBe(10_000)
		expect(file.reads).toHaveLength(16)
		expect(new Set(file.reads.map(({ start }) => start)).size).toBe(16)
		expect(file.reads.every(({ start, end }) => start >= 0 && end <= 10_000)).toBe(true)
	})

	test('of many is found out by every resume where the file is another one', async () => {
		const { file, records } = corrupted(1000)
		file.lose(range(0, 10_000))
		const trusted = await trustedExtents(state(records), file.readCrc, () => 0.999)
		expect(trusted.written.bytes).toBe(0)
	})
})

test('nothing wrong is ever trusted, whatever was written, written over, synced, torn and corrupted', async () => {
	const size = 40
	const part = fc
		.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: 12 }))
		.map(([start, bytes]) => range(start, Math.min(size, start + bytes)))
	const deed = fc.record({ kind: fc.constantFrom('write', 'write', 'write', 'sync'), part })
	// Few enough extents that the sample is all of them: beyond that, durable bytes are trusted for being durable.
	const deeds = fc.array(deed, { maxLength: 14 })
	let trustedBytes = 0
	await fc.assert(
		fc.asyncProperty(deeds, fc.array(part, { maxLength: 4 }), fc.nat(14), async (done, losses, lost) => {
			const file = new File(size)
			const dirty = new RangeSet()
			const records: JournalRecord[] = []
			for (const [index, { kind, part }] of done.entries()) {
				if (kind === 'write') {
					// The segment map has no durable byte written over; where it happened, the record must be there to tell.
					const isDurable = records.some(
						record => record.kind === 'durable' && lengthOf(intersection(record.range, part)) > 0,
					)
					if (isDurable && lost > 0) continue
					records.push(file.write(part, index + 1))
					dirty.add(part)
					continue
				}
				for (const written of new RangeSet(records.map(record => record.range)).ranges)
					records.push(durable(written.start, written.end))
				dirty.remove(range(0, size))
			}
			const right = [...file.content]
			// A power cut keeps what is durable; a torn journal forgets its end.
			for (const loss of losses)
				for (const gap of new RangeSet(dirty.ranges).ranges) {
					const start = Math.max(gap.start, loss.start)
					if (start < Math.min(gap.end, loss.end)) file.lose(range(start, Math.min(gap.end, loss.end)))
				}
			const kept = records.slice(0, Math.max(0, records.length - lost))
			const trusted = await trustedExtents(state(kept), file.readCrc, first)
			for (const { start, end } of trusted.written.ranges) {
				// Bytes that a later write, forgotten by the torn journal, brought are as right as those before it.
				for (let byte = start; byte < end; byte++) expect(file.content[byte]).toBe(right[byte])
			}
			for (const sure of trusted.durable.ranges) expect(trusted.written.has(sure)).toBe(true)
			trustedBytes += trusted.written.bytes
		}),
		{ numRuns: 500 },
	)
	expect(trustedBytes).toBeGreaterThan(1000)
})
