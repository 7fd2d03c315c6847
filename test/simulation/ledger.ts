import { type ByteRange, lengthOf } from '../../src/model/byte-range.ts'
import { RangeSet } from '../../src/model/range-set.ts'

/**
 * What a process has done to one `.part` and said of it in its journal, held against each other at every call. It knows
 * nothing of the program but the names and the form of the journal's lines.
 */
export class PartLedger {
	/** Writes that have settled: ours, and of an earlier process those that its journal lists. */
	readonly #settled = new RangeSet()
	/** Writes that had settled when a sync was called that has succeeded. */
	readonly #synced = new RangeSet()
	/** What an earlier process left, until the journal that is begun anew says what that is. */
	#earlier: { synced: boolean } | undefined
	/** What the journal calls written or durable. */
	#recorded = new RangeSet()
	/** Changed, by anybody, since the last sync that succeeded was called. */
	#dirty: boolean
	#changes = 0
	readonly #blame: (what: string) => void

	/** @param resumed whether it was there before this process opened it */
	constructor(resumed: boolean, blame: (what: string) => void) {
		this.#earlier = resumed ? { synced: false } : undefined
		// Who left it may not have synced it.
		this.#dirty = resumed
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
			if (this.#earlier !== undefined) this.#earlier.synced = true
			for (const range of covered.ranges) this.#synced.add(range)
			if (changes === this.#changes) this.#dirty = false
		}
	}

	/** The journal has been begun, with these lines. */
	begun(lines: readonly string[]): void {
		this.#recorded = new RangeSet()
		if (this.#earlier !== undefined) this.#takeOver(lines, this.#earlier.synced)
		this.#earlier = undefined
		this.appending(lines)
	}

	/** These lines are in the journal, or about to be. */
	appending(lines: readonly string[]): void {
		for (const line of lines) {
			const range = rangeOf(line)
			if (range === undefined) continue
			const there = line.startsWith('d') ? this.#synced : this.#settled
			if (!there.has(range)) this.#blame(`the journal leads the data: ${line}`)
			this.#recorded.add(range)
		}
	}

	/** What the first journal of a resume lists was written by an earlier process, and synced where that, or we, have. */
	#takeOver(lines: readonly string[], synced: boolean): void {
		for (const line of lines) {
			const range = rangeOf(line)
			if (range === undefined) continue
			this.#settled.add(range)
			if (synced || line.startsWith('d')) this.#synced.add(range)
		}
	}
}

function rangeOf(line: string): ByteRange | undefined {
	const match = /^[wd] (\d+) (\d+) /.exec(line)
	return match === null ? undefined : { start: Number(match[1]), end: Number(match[2]) }
}

const sumOf = (ranges: readonly ByteRange[]): number => ranges.reduce((sum, range) => sum + lengthOf(range), 0)
