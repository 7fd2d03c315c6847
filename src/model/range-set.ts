import type { ByteRange } from './byte-range.ts'

/** Bytes as disjoint, non-touching ranges in order: `{[0,4), [4,8)}` is always held as `{[0,8)}`. */
export class RangeSet {
	#ranges: ByteRange[] = []
	#bytes = 0

	constructor(ranges: Iterable<ByteRange> = []) {
		for (const range of ranges) this.add(range)
	}

	/** How many bytes are in it. */
	get bytes(): number {
		return this.#bytes
	}

	get ranges(): readonly ByteRange[] {
		return this.#ranges
	}

	add(range: ByteRange): void {
		if (range.end <= range.start) return
		const first = this.#indexOfEndAtOrAfter(range.start)
		let { start, end } = range
		let last = first
		for (let at = this.#ranges[last]; at !== undefined && at.start <= end; at = this.#ranges[++last]) {
			start = Math.min(start, at.start)
			end = Math.max(end, at.end)
			this.#bytes -= at.end - at.start
		}
		this.#ranges.splice(first, last - first, { start, end })
		this.#bytes += end - start
	}

	remove(range: ByteRange): void {
		if (range.end <= range.start) return
		const kept: ByteRange[] = []
		for (const { start, end } of this.#ranges) {
			if (start < range.start) kept.push({ start, end: Math.min(end, range.start) })
			if (end > range.end) kept.push({ start: Math.max(start, range.end), end })
		}
		// A range that ends before `range` starts, or starts after it ends, was pushed whole by exactly one of the two lines.
		this.#ranges = kept
		this.#bytes = kept.reduce((sum, { start, end }) => sum + end - start, 0)
	}

	/** Whether every byte of `range` is in it. */
	has(range: ByteRange): boolean {
		if (range.end <= range.start) return true
		const at = this.#ranges[this.#indexOfEndAtOrAfter(range.start + 1)]
		return at !== undefined && at.start <= range.start && at.end >= range.end
	}

	/** What `within` has and this has not, in order. */
	gaps(within: ByteRange): ByteRange[] {
		const gaps: ByteRange[] = []
		let position = within.start
		for (const { start, end } of this.#ranges) {
			if (end <= position) continue
			if (start >= within.end) break
			if (start > position) gaps.push({ start: position, end: start })
			position = end
		}
		if (position < within.end) gaps.push({ start: position, end: within.end })
		return gaps
	}

	/** The end of the run that holds `from`, or `from` itself where it is not in the set. */
	endOfRunAt(from: number): number {
		const at = this.#ranges[this.#indexOfEndAtOrAfter(from + 1)]
		return at !== undefined && at.start <= from ? at.end : from
	}

	#indexOfEndAtOrAfter(offset: number): number {
		let low = 0
		let high = this.#ranges.length
		while (low < high) {
			const middle = (low + high) >>> 1
			if ((this.#ranges[middle] as ByteRange).end < offset) low = middle + 1
			else high = middle
		}
		return low
	}
}
