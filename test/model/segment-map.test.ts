import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ByteRange } from '../../src/model/byte-range.ts'
import { RangeSet } from '../../src/model/range-set.ts'
import { type Claim, SegmentMap, unknownEnd } from '../../src/model/segment-map.ts'

const size = 40

/** What may happen to a byte, told one byte at a time, so slowly and plainly that it cannot be wrong. */
class ByteByByte {
	readonly owner = new Array<Claim | undefined>(size).fill(undefined)
	readonly received = new Array<boolean>(size).fill(false)
	readonly written = new Array<boolean>(size).fill(false)
	readonly durable = new Array<boolean>(size).fill(false)

	bytesWhere(test: (byte: number) => boolean): number[] {
		return Array.from({ length: size }, (_, byte) => byte).filter(test)
	}

	get free(): number[] {
		return this.bytesWhere(byte => this.owner[byte] === undefined && this.written[byte] !== true)
	}

	release(claim: Claim): void {
		for (const byte of this.bytesWhere(byte => this.owner[byte] === claim)) {
			this.owner[byte] = undefined
			this.received[byte] = false
		}
	}
}

const bytesOf = ({ start, end }: ByteRange): number[] => Array.from({ length: end - start }, (_, at) => start + at)
const bytesOfAll = (ranges: Iterable<ByteRange>): number[] => [...ranges].flatMap(bytesOf)

/** Everything that a map tells, to see that a refused call changed nothing. */
function telling(map: SegmentMap) {
	return {
		bytes: map.bytes,
		writtenBytes: map.writtenBytes,
		complete: map.complete,
		front: map.front,
		written: [...map.written],
		free: map.free(),
		notYetDurable: map.notYetDurable(),
		claims: [...map.claims].map(claim => ({ ...claim })),
	}
}

function attempt(call: () => unknown): 'done' | 'refused' {
	try {
		call()
		return 'done'
	} catch (error) {
		if (error instanceof RangeError) return 'refused'
		throw error
	}
}

/** One step of a run, as numbers from which the step makes something legal or illegal. */
interface Move {
	readonly kind: 'claim' | 'advance' | 'cut' | 'extend' | 'rewind' | 'release' | 'write' | 'sync' | 'forget'
	readonly who: number
	/** Bent to be legal where it can be: by chance alone few bytes would ever be written and durable. */
	readonly apt: boolean
	readonly a: number
	readonly b: number
}

const moves = fc.array(
	fc.record<Move>({
		kind: fc.oneof(
			{ weight: 9, arbitrary: fc.constantFrom('advance', 'write', 'sync') },
			{ weight: 6, arbitrary: fc.constantFrom('claim', 'cut', 'extend', 'rewind') },
			{ weight: 1, arbitrary: fc.constantFrom('release', 'forget') },
		),
		who: fc.nat(7),
		apt: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
		a: fc.integer({ min: -2, max: size + 2 }),
		b: fc.integer({ min: -2, max: size + 2 }),
	}),
	// A run must be long for bytes to be claimed, received, written and synced, and parts of them stolen in between.
	{ minLength: 30, maxLength: 60, size: 'max' },
)

/** The part of `whole` that two numbers name; any two numbers name one. */
function partOf(whole: ByteRange, a: number, b: number): ByteRange {
	const [one, other] = [a, b].map(at => whole.start + (Math.abs(at) % (whole.end - whole.start + 1))) as [
		number,
		number,
	]
	return { start: Math.min(one, other), end: Math.max(one, other) }
}

/** Plays one move on both; the model says beforehand whether the map must take it. Answers whether it did. */
function play(map: SegmentMap, model: ByteByByte, claims: Claim[], { kind, who, apt, a, b }: Move): boolean {
	const before = telling(map)
	const expectOutcome = (legal: boolean, call: () => unknown): boolean => {
		expect(attempt(call)).toBe(legal ? 'done' : 'refused')
		if (!legal) expect(telling(map)).toEqual(before)
		return legal
	}
	const between = { start: Math.min(a, b), end: Math.max(a, b) }
	if (kind === 'claim') {
		const gaps = map.free()
		const gap = gaps[who % Math.max(1, gaps.length)]
		const range = apt && gap !== undefined ? partOf(gap, a, b) : between
		const inside = range.start >= 0 && range.end <= size && range.start < range.end
		const legal = inside && bytesOf(range).every(byte => model.free.includes(byte))
		return expectOutcome(legal, () => {
			const claim = map.claim(range)
			claims.push(claim)
			for (const byte of bytesOf(range)) model.owner[byte] = claim
		})
	}
	if (kind === 'sync') {
		const run = map.written[who % Math.max(1, map.written.length)]
		const range = apt && run !== undefined ? partOf(run, a, b) : between
		const legal = bytesOf(range).every(byte => model.written[byte] === true)
		if (!expectOutcome(legal, () => map.markDurable(range))) return false
		for (const byte of bytesOf(range)) model.durable[byte] = true
		return range.start < range.end
	}
	if (kind === 'forget') {
		map.forgetWritten()
		model.written.fill(false)
		model.durable.fill(false)
		return true
	}
	const claim = claims[who % Math.max(1, claims.length)]
	if (claim === undefined) return false
	const { start, position, end } = claim
	switch (kind) {
		case 'advance': {
			const came = apt ? Math.abs(a) % (end - position + 1) : a
			if (!expectOutcome(came >= 0 && position + came <= end, () => map.advance(claim, came))) return false
			for (const byte of bytesOf({ start: position, end: position + came })) model.received[byte] = true
			return came > 0
		}
		case 'cut': {
			const at = apt ? partOf({ start: position, end }, a, a).start : a
			const legal = at >= position && at <= end
			if (!expectOutcome(legal, () => expect(map.cut(claim, at)).toEqual({ start: at, end }))) return false
			for (const byte of bytesOf({ start: at, end })) model.owner[byte] = undefined
			return at < end
		}
		case 'extend': {
			let next = end
			while (next < Math.min(a, size) && model.free.includes(next)) next++
			expect(map.extend(claim, a)).toBe(next > end)
			for (const byte of bytesOf({ start: end, end: next })) model.owner[byte] = claim
			return next > end
		}
		case 'rewind': {
			const to = apt ? partOf({ start, end: position }, a, a).start : a
			const taken = bytesOf({ start: Math.max(0, Math.min(to, position)), end: position })
			const legal = to >= start && to <= position && taken.every(byte => model.written[byte] !== true)
			if (!expectOutcome(legal, () => map.rewind(claim, to))) return false
			for (const byte of taken) model.received[byte] = false
			return to < position
		}
		case 'release':
			map.release(claim)
			claims.splice(claims.indexOf(claim), 1)
			model.release(claim)
			expect(attempt(() => map.release(claim))).toBe('refused')
			expect(attempt(() => map.advance(claim, 0))).toBe('refused')
			return true
		case 'write': {
			const range = apt ? partOf({ start, end: position }, a, b) : between
			const legal = range.start >= start && range.end <= position
			if (!expectOutcome(legal, () => map.markWritten(claim, range))) return false
			for (const byte of bytesOf(range)) model.written[byte] = true
			return range.start < range.end
		}
	}
}

function expectSame(map: SegmentMap, model: ByteByByte, claims: readonly Claim[]): void {
	const isWritten = (byte: number): boolean => model.written[byte] === true
	expect({
		claims: [...map.claims],
		free: bytesOfAll(map.free()),
		written: bytesOfAll(map.written),
		notYetDurable: bytesOfAll(map.notYetDurable()),
		writtenBytes: map.writtenBytes,
		complete: map.complete,
		front: map.front,
		owned: claims.map(bytesOf),
		received: claims.map(({ start, position }) => bytesOf({ start, end: position })),
	}).toEqual({
		claims,
		free: model.free,
		written: model.bytesWhere(isWritten),
		notYetDurable: model.bytesWhere(byte => isWritten(byte) && model.durable[byte] !== true),
		writtenBytes: model.written.filter(Boolean).length,
		complete: model.written.every(Boolean),
		front: model.written.includes(false) ? model.written.indexOf(false) : size,
		owned: claims.map(claim => model.bytesWhere(byte => model.owner[byte] === claim)),
		received: claims.map(claim =>
			model.bytesWhere(byte => model.owner[byte] === claim && model.received[byte] === true),
		),
	})
}

describe('a segment map', () => {
	test('agrees with a table of single bytes, whatever is asked of it, and refuses what is illegal without a change', () => {
		const took = new Map<Move['kind'], number>()
		fc.assert(
			fc.property(moves, played => {
				const map = new SegmentMap(size)
				const model = new ByteByByte()
				const claims: Claim[] = []
				for (const move of played) {
					if (play(map, model, claims, move)) took.set(move.kind, (took.get(move.kind) ?? 0) + 1)
					expectSame(map, model, claims)
				}
			}),
			{ numRuns: 100 },
		)
		// Moves that were all refused would show little.
		expect(took.size).toBe(9)
		expect(Math.min(...took.values())).toBeGreaterThan(25)
	})

	test('has every byte written exactly once, whatever the order of claims, steals, growth, failures and writes', () => {
		fc.assert(
			fc.property(fc.infiniteStream(fc.nat()), chances => {
				const chance = (below: number): number => (chances.next().value as number) % below
				const map = new SegmentMap(size)
				const writes = new Array<number>(size).fill(0)
				// What came off the network and is on its way to the sink, in any order.
				const pending = new Map<Claim, ByteRange[]>()
				const settle = (claim: Claim): void => {
					const ranges = pending.get(claim) ?? []
					while (ranges.length > 0) {
						const [range] = ranges.splice(chance(ranges.length), 1) as [ByteRange]
						map.markWritten(claim, range)
						for (const byte of bytesOf(range)) writes[byte] = (writes[byte] ?? 0) + 1
					}
				}
				for (let step = 0; !map.complete; step++) {
					// Failures stop at last, so that the file can be finished.
					const lucky = step > 200
					const free = map.free()
					const gap = free[chance(Math.max(1, free.length))]
					if (gap !== undefined && (map.claims.size < 4 || chance(3) === 0)) {
						const start = gap.start + chance(gap.end - gap.start)
						const claim = map.claim({ start, end: start + 1 + chance(gap.end - start) })
						pending.set(claim, [])
					}
					const claim = [...map.claims][chance(Math.max(1, map.claims.size))]
					if (claim === undefined) continue
					const came = chance(claim.end - claim.position + 1)
					if (came > 0) {
						const start = claim.position
						map.advance(claim, came)
						// An answer may turn out not to be the file before anything of it counts.
						if (!lucky && chance(5) === 0) map.rewind(claim, start)
						else pending.get(claim)?.push({ start, end: start + came })
					}
					const thief = chance(6)
					if (thief === 0) map.cut(claim, claim.position + chance(claim.end - claim.position + 1))
					if (thief === 1) map.extend(claim, claim.end + chance(8))
					if (chance(3) === 0) settle(claim)
					if (claim.position === claim.end || (!lucky && chance(8) === 0)) {
						settle(claim)
						map.release(claim)
					}
				}
				for (const claim of map.claims) settle(claim)
				expect(writes).toEqual(new Array<number>(size).fill(1))
			}),
			{ numRuns: 300 },
		)
	})

	test('of a file of no bytes is complete from the start', () => {
		const map = new SegmentMap(0)
		expect(map.complete).toBe(true)
		expect(map.free()).toEqual([])
		expect(() => map.claim({ start: 0, end: 1 })).toThrow(RangeError)
	})

	test('does not know a claim of another map', () => {
		const claim = new SegmentMap(10).claim({ start: 0, end: 10 })
		const map = new SegmentMap(10)
		expect(() => map.advance(claim, 1)).toThrow(RangeError)
		expect(claim.position).toBe(0)
	})

	test('never shortens a claim that is asked to grow to before its end', () => {
		const map = new SegmentMap(10)
		const claim = map.claim({ start: 0, end: 5 })
		map.advance(claim, 4)
		expect(map.extend(claim, 2)).toBe(false)
		expect(claim).toMatchObject({ position: 4, end: 5 })
	})

	test('lets bytes be claimed across the place of a claim that was stolen whole', () => {
		const map = new SegmentMap(10)
		const robbed = map.claim({ start: 4, end: 10 })
		map.cut(robbed, 4)
		const claim = map.claim({ start: 0, end: 10 })
		expect(claim).toEqual({ start: 0, position: 0, end: 10 })
	})

	test('does not take back bytes that are written', () => {
		const map = new SegmentMap(10)
		const claim = map.claim({ start: 0, end: 10 })
		map.advance(claim, 6)
		map.markWritten(claim, { start: 2, end: 4 })
		expect(() => map.rewind(claim, 3)).toThrow(RangeError)
		map.rewind(claim, 4)
		expect(claim.position).toBe(4)
	})
})

describe('what an earlier run left', () => {
	test('is not claimed again', () => {
		const map = new SegmentMap(10, { written: new RangeSet([{ start: 2, end: 5 }]) })
		expect(map.free()).toEqual([
			{ start: 0, end: 2 },
			{ start: 5, end: 10 },
		])
		expect(() => map.claim({ start: 4, end: 6 })).toThrow(RangeError)
	})

	test('never makes a file complete by bytes that lie beyond its end', () => {
		const map = new SegmentMap(10, {
			written: new RangeSet([
				{ start: 0, end: 5 },
				{ start: 10, end: 15 },
			]),
		})
		expect(map.complete).toBe(false)
		expect(map.free()).toEqual([{ start: 5, end: 10 }])
	})

	test('is written where it is durable', () => {
		const map = new SegmentMap(10, { durable: new RangeSet([{ start: 0, end: 10 }]) })
		expect(map.complete).toBe(true)
		expect(map.notYetDurable()).toEqual([])
	})

	test('stays as it was given, whatever the map does', () => {
		const written = new RangeSet([{ start: 0, end: 5 }])
		const map = new SegmentMap(10, { written })
		map.forgetWritten()
		expect(written.bytes).toBe(5)
	})
})

describe('a file whose length nobody has said', () => {
	test('has no length and is never complete until it ends', () => {
		const map = new SegmentMap(undefined)
		const claim = map.claim({ start: 0, end: unknownEnd })
		map.advance(claim, 7)
		map.markWritten(claim, { start: 0, end: 7 })
		expect(map.bytes).toBeUndefined()
		expect(map.complete).toBe(false)
		map.endAt(7)
		expect(map.bytes).toBe(7)
		expect(map.complete).toBe(true)
		expect(claim.end).toBe(7)
		map.release(claim)
		expect(map.free()).toEqual([])
	})

	test('does not end before bytes that it has', () => {
		const map = new SegmentMap(undefined)
		const claim = map.claim({ start: 0, end: unknownEnd })
		map.advance(claim, 7)
		expect(() => map.endAt(6)).toThrow(RangeError)
		expect(map.bytes).toBeUndefined()
		map.markWritten(claim, { start: 0, end: 7 })
		map.release(claim)
		expect(() => map.endAt(6)).toThrow(RangeError)
		expect(map.free()).toEqual([{ start: 7, end: unknownEnd }])
	})

	test('ends in one place', () => {
		const map = new SegmentMap(7)
		map.endAt(7)
		expect(() => map.endAt(8)).toThrow(RangeError)
		expect(map.bytes).toBe(7)
	})
})

describe('a response that cannot go on where it stopped', () => {
	test('starts over from the first byte: nothing is written or durable any more', () => {
		const map = new SegmentMap(10)
		const claim = map.claim({ start: 0, end: 10 })
		map.advance(claim, 8)
		map.markWritten(claim, { start: 0, end: 8 })
		map.markDurable({ start: 0, end: 8 })
		map.forgetWritten()
		map.rewind(claim, 0)
		expect(telling(map)).toMatchObject({ writtenBytes: 0, front: 0, written: [], notYetDurable: [], free: [] })
		map.advance(claim, 10)
		map.markWritten(claim, { start: 0, end: 10 })
		expect(map.complete).toBe(true)
		expect(map.notYetDurable()).toEqual([{ start: 0, end: 10 }])
	})
})
