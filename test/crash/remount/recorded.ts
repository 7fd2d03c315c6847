import { open, readFile } from 'node:fs/promises'
import { decodeJournal } from '../../../src/journal/codec.ts'
import type { JournalState } from '../../../src/journal/contract.ts'
import { type ByteRange, lengthOf } from '../../../src/model/byte-range.ts'
import { RangeSet } from '../../../src/model/range-set.ts'

/** What a journal says that a `.part` holds. */
export interface Recorded {
	readonly bytes: number
	readonly durableBytes: number
	/** Of ranges whose bytes are not those of the file: of the ones that were only written, and of the durable ones. */
	readonly wrongWrittenBytes: number
	readonly wrongDurableBytes: number
}

/** Compares all that the journal of `part` records with the truth; undefined where there is no journal to read. */
export async function recordedBytes(part: string, truth: Uint8Array): Promise<Recorded | undefined> {
	const state = await journalOf(part)
	if (state === undefined) return undefined
	const file = await open(part)
	const wrong = { written: new RangeSet(), durable: new RangeSet() }
	try {
		for (const { kind, range } of state.records) {
			const bytes = new Uint8Array(lengthOf(range))
			await file.read(bytes, 0, bytes.length, range.start)
			if (!Buffer.from(bytes).equals(truth.subarray(range.start, range.end))) wrong[kind].add(range)
		}
	} finally {
		await file.close()
	}
	return {
		bytes: bytesOf(state.records),
		durableBytes: bytesOf(state.records.filter(({ kind }) => kind === 'durable')),
		wrongWrittenBytes: wrong.written.bytes,
		wrongDurableBytes: wrong.durable.bytes,
	}
}

/** Whether a checkpoint of this `.part` has ended. */
export async function hasCheckpoint(part: string): Promise<boolean> {
	return (await journalOf(part))?.records.some(({ kind }) => kind === 'durable') ?? false
}

async function journalOf(part: string): Promise<JournalState | undefined> {
	return decodeJournal(await readFile(`${part}.journal`).catch(() => new Uint8Array()))
}

function bytesOf(records: readonly { readonly range: ByteRange }[]): number {
	return new RangeSet(records.map(({ range }) => range)).bytes
}
