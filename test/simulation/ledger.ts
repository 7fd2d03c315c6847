import { type ByteRange, lengthOf } from '../../src/model/byte-range.ts'
import { RangeSet } from '../../src/model/range-set.ts'

/**
 * What a process has done to one `.part` and said of it in its journal, held against each other at every call. It knows
 * nothing of the program but the names and the form of the journal's lines.
 */
export class PartLedger {
	/** Writes that have settled; what was there at the opening is taken to have. */
	readonly #settled: RangeSet
	/** Writes that had settled when a sync was called that has succeeded. */
	#synced = new RangeSet()
	/** What the journal calls written or durable. */
	#recorded = new RangeSet()
	/** Changed since the last sync that succeeded was called. */
	#dirty = false
	#changes = 0
	readonly #blame: (what: string) => void

	/** @param bytes how much of it may have been written before */
	constructor(bytes: number, blame: (what: string) => void) {
		this.#settled = new RangeSet([{ start: 0, end: bytes }])
		this.#blame = blame
	}

	get dirty(): boolean {
		return this.#dirty
	}

	writing(range: ByteRange): void {
		const again = lengthOf(range) - sumOf(this.#recorded.gaps(range))
		if (again > 0) this.#blame(`${again} bytes at ${range.start} written again that the journal had`)
	}

	written(range: ByteRange): void {
		this.#settled.add(range)
		this.changed()
	}

	changed(): void {
		this.#dirty = true
		this.#changes += 1
	}

	/** A sync is called. Answers what to call when it has succeeded. */
	syncing(): () => void {
		const covered = new RangeSet(this.#settled.ranges)
		const changes = this.#changes
		return () => {
			for (const range of covered.ranges) this.#synced.add(range)
			if (changes === this.#changes) this.#dirty = false
		}
	}

	/** The journal has been begun, with these lines. */
	begun(lines: readonly string[]): void {
		this.#recorded = new RangeSet()
		for (const line of lines) this.#note(line)
	}

	/** These lines are about to be appended to the journal. */
	appending(lines: readonly string[]): void {
		for (const line of lines) {
			const range = rangeOf(line)
			if (range === undefined) continue
			const there = line.startsWith('d') ? this.#synced : this.#settled
			if (!there.has(range)) this.#blame(`the journal leads the data: ${line}`)
			this.#note(line)
		}
	}

	#note(line: string): void {
		const range = rangeOf(line)
		if (range !== undefined) this.#recorded.add(range)
	}
}

function rangeOf(line: string): ByteRange | undefined {
	const match = /^[wd] (\d+) (\d+) /.exec(line)
	return match === null ? undefined : { start: Number(match[1]), end: Number(match[2]) }
}

const sumOf = (ranges: readonly ByteRange[]): number => ranges.reduce((sum, range) => sum + lengthOf(range), 0)
