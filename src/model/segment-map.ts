import { type ByteRange, intersection, isEmpty, lengthOf } from './byte-range.ts'
import { RangeSet } from './range-set.ts'

/**
 * A segment that a lane is at work on. Only the map makes and changes one.
 *
 * `start` ≤ `position` ≤ `end`: bytes before `position` have come off the network, though they may not be written yet;
 * bytes from it on are still to come, and a tail of them may be stolen.
 */
export interface Claim {
	readonly start: number
	readonly position: number
	readonly end: number
}

type MutableClaim = { -readonly [Field in keyof Claim]: Claim[Field] }

/** The end of a representation whose length nobody has said. */
export const unknownEnd: number = Number.MAX_SAFE_INTEGER

/**
 * What a run knows about every byte: free, claimed, written or durable.
 *
 * Invariants, checked on every call: no byte is in two claims; no written byte is claimed anew; nothing is written that
 * was not claimed; nothing is durable that was not written.
 */
export class SegmentMap {
	#end: number
	readonly #claims = new Set<MutableClaim>()
	readonly #written = new RangeSet()
	readonly #durable = new RangeSet()

	/** `written` and `durable` are what an earlier run left; what is durable is written, and nothing lies beyond the length. */
	constructor(bytes: number | undefined, earlier: { written?: RangeSet; durable?: RangeSet } = {}) {
		this.#end = bytes ?? unknownEnd
		const { written = new RangeSet(), durable = new RangeSet() } = earlier
		const file = { start: 0, end: this.#end }
		for (const range of [...written.ranges, ...durable.ranges]) this.#written.add(intersection(range, file))
		for (const range of durable.ranges) this.#durable.add(intersection(range, file))
	}

	/** The length; undefined while nobody has said it. */
	get bytes(): number | undefined {
		return this.#end === unknownEnd ? undefined : this.#end
	}

	get writtenBytes(): number {
		return this.#written.bytes
	}

	get complete(): boolean {
		return this.#written.bytes === this.#end
	}

	/** All bytes before it are written. */
	get front(): number {
		return this.#written.endOfRunAt(0)
	}

	get written(): readonly ByteRange[] {
		return this.#written.ranges
	}

	get claims(): ReadonlySet<Claim> {
		return this.#claims
	}

	/** Bytes that nobody has and nobody is fetching, in order. */
	free(): ByteRange[] {
		const taken = new RangeSet(this.#written.ranges)
		for (const claim of this.#claims) taken.add(claim)
		return taken.gaps({ start: 0, end: this.#end })
	}

	claim(range: ByteRange): Claim {
		// Stolen whole, a claim is empty: it holds nothing, wherever it stands.
		const touched = [...this.#claims].some(other => !isEmpty(intersection(other, range)))
		const clash = this.#hasWrittenIn(range)
		if (touched || clash || range.start < 0 || range.end > this.#end || range.start >= range.end) {
			throw new RangeError(`bytes ${range.start}–${range.end} cannot be claimed`)
		}
		const claim: MutableClaim = { start: range.start, position: range.start, end: range.end }
		this.#claims.add(claim)
		return claim
	}

	/** `bytes` more of the claim have come off the network. */
	advance(claim: Claim, bytes: number): void {
		const own = this.#own(claim)
		if (bytes < 0 || own.position + bytes > own.end) throw new RangeError(`${bytes} bytes run past the claim`)
		own.position += bytes
	}

	/** What came since `position` was at `to` turned out not to be the file: it counts as still to come, and must not be written. */
	rewind(claim: Claim, to: number): void {
		const own = this.#own(claim)
		const taken = { start: to, end: own.position }
		if (to < own.start || to > own.position || this.#hasWrittenIn(taken))
			throw new RangeError(`a claim cannot be rewound to ${to}`)
		own.position = to
	}

	/** Takes the tail [at, end) off a claim; it is free afterwards. */
	cut(claim: Claim, at: number): ByteRange {
		const own = this.#own(claim)
		if (at < own.position || at > own.end) throw new RangeError(`a claim cannot be cut at ${at}`)
		const tail = { start: at, end: own.end }
		own.end = at
		return tail
	}

	/** Lengthens a claim by free bytes that follow it, up to `end`; answers whether there were any. */
	extend(claim: Claim, end: number): boolean {
		const own = this.#own(claim)
		const next = this.free().find(gap => gap.start <= own.end && own.end < gap.end)
		if (next === undefined || end <= own.end) return false
		own.end = Math.min(next.end, end)
		return true
	}

	/** Bytes of the claim are in the sink. */
	markWritten(claim: Claim, range: ByteRange): void {
		const own = this.#own(claim)
		if (range.start < own.start || range.end > own.position) throw new RangeError('only received bytes can be written')
		this.#written.add(range)
	}

	/** Bytes that were written before the last sync began. */
	markDurable(range: ByteRange): void {
		if (!this.#written.has(range)) throw new RangeError('only written bytes can be durable')
		this.#durable.add(range)
	}

	/** Written bytes that no sync has covered. */
	notYetDurable(): ByteRange[] {
		return this.#written.ranges.flatMap(range => this.#durable.gaps(range))
	}

	/** The claim is over: what of it is not written is free again. To be called after its last write has settled. */
	release(claim: Claim): void {
		this.#claims.delete(this.#own(claim))
	}

	/** Bytes that are written have to come again: those of `range`, or all, for a response that cannot go on where it stopped. */
	forgetWritten(range: ByteRange = { start: 0, end: this.#end }): void {
		this.#written.remove(range)
		this.#durable.remove(range)
	}

	/** The length became known, by the end of a body that did not announce it. */
	endAt(bytes: number): void {
		if (this.#end !== unknownEnd && this.#end !== bytes)
			throw new RangeError(`the length is ${this.#end}, not ${bytes}`)
		const ends = [...this.#written.ranges.map(({ end }) => end), ...[...this.#claims].map(({ position }) => position)]
		if (ends.some(end => end > bytes)) throw new RangeError(`there are bytes beyond ${bytes}`)
		this.#end = bytes
		for (const claim of this.#claims) claim.end = Math.min(claim.end, bytes)
	}

	#hasWrittenIn(range: ByteRange): boolean {
		const unwritten = this.#written.gaps(range).reduce((sum, gap) => sum + lengthOf(gap), 0)
		return unwritten < lengthOf(range)
	}

	#own(claim: Claim): MutableClaim {
		if (!this.#claims.has(claim as MutableClaim)) throw new RangeError('the claim is not of this map, or was released')
		return claim as MutableClaim
	}
}
