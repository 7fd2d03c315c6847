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
	readonly kind: 'claim' | 'advance' | 'cut' | 'extend' | 'rewind' | 'release' | 'write' | 'sync'
	readonly who: number
	readonly a: number
	readonly b: number
}

const moves = fc.array(
	fc.record<Move>({
		kind: fc.constantFrom(
			'claim',
			'claim',
			'advance',
			'advance',
			'cut',
			'extend',
			'rewind',
			'release',
			'write',
			'write',
			'sync',
		),
		who: fc.nat(7),
		a: fc.integer({ min: -2, max: size + 2 }),
		b: fc.integer({ min: -2, max: size + 2 }),
	}),
	{ maxLength: 120 },
)

/** Plays one move on both; the model says beforehand whether the map must take it. */
function play(map: SegmentMap, model: ByteByByte, claims: Claim[], { kind, who, a, b }: Move): void {
	const before = telling(map)
	const expectOutcome = (legal: boolean, call: () => unknown): boolean => {
		expect(attempt(call)).toBe(legal ? 'done' : 'refused')
		if (!legal) expect(telling(map)).toEqual(before)
		return legal
	}
	if (kind === 'claim') {
		const range = { start: Math.min(a, b), end: Math.max(a, b) }
		const inside = range.start >= 0 && range.end <= size && range.start < range.end
		const legal = inside && bytesOf(range).every(byte => model.free.includes(byte))
		expectOutcome(legal, () => {
			const claim = map.claim(range)
			claims.push(claim)
			for (const byte of bytesOf(range)) model.owner[byte] = claim
		})
		return
	}
	if (kind === 'sync') {
		const range = { start: Math.min(a, b), end: Math.max(a, b) }
		const legal = bytesOf(range).every(byte => model.written[byte] === true)
		if (expectOutcome(legal, () => map.markDurable(range))) {
			for (const byte of bytesOf(range)) model.durable[byte] = true
		}
		return
	}
	const claim = claims[who % Math.max(1, claims.length)]
	if (claim === undefined) return
	const { start, position, end } = claim
	switch (kind) {
		case 'advance':
			if (expectOutcome(a >= 0 && position + a <= end, () => map.advance(claim, a))) {
				for (const byte of bytesOf({ start: position, end: position + a })) model.received[byte] = true
			}
			return
		case 'cut': {
			const legal = a >= position && a <= end
			if (!expectOutcome(legal, () => expect(map.cut(claim, a)).toEqual({ start: a, end }))) return
			for (const byte of bytesOf({ start: a, end })) model.owner[byte] = undefined
			return
		}
		case 'extend': {
			let next = end
			while (next < Math.min(a, size) && model.free.includes(next)) next++
			expect(map.extend(claim, a)).toBe(next > end)
			for (const byte of bytesOf({ start: end, end: next })) model.owner[byte] = claim
			return
		}
		case 'rewind': {
			const isWritten = bytesOf({ start: Math.max(0, Math.min(a, position)), end: position }).some(
				byte => model.written[byte] === true,
			)
			if (expectOutcome(a >= start && a <= position && !isWritten, () => map.rewind(claim, a))) {
				for (const byte of bytesOf({ start: a, end: position })) model.received[byte] = false
			}
			return
		}
		case 'release':
			map.release(claim)
			claims.splice(claims.indexOf(claim), 1)
			model.release(claim)
			expect(attempt(() => map.release(claim))).toBe('refused')
			expect(attempt(() => map.advance(claim, 0))).toBe('refused')
			return
		case 'write': {
			const range = { start: Math.min(a, b), end: Math.max(a, b) }
			const legal = range.start >= start && range.end <= position
			if (!expectOutcome(legal, () => map.markWritten(claim, range))) return
			for (const byte of bytesOf(range)) model.written[byte] = true
		}
	}
}

function expectSame(map: SegmentMap, model: ByteByByte, claims: readonly Claim[]): void {
	expect(bytesOfAll(map.free())).toEqual(model.free)
	expect(bytesOfAll(map.written)).toEqual(model.bytesWhere(byte => model.written[byte] === true))
	expect(bytesOfAll(map.notYetDurable())).toEqual(
		model.bytesWhere(byte => model.written[byte] === true && model.durable[byte] !== true),
	)
	expect(map.writtenBytes).toBe(model.written.filter(Boolean).length)
	expect(map.complete).toBe(model.written.every(Boolean))
	expect(map.front).toBe(model.written.includes(false) ? model.written.indexOf(false) : size)
	expect([...map.claims]).toEqual([...claims])
	for (const claim of claims) {
		expect(bytesOf(claim)).toEqual(model.bytesWhere(byte => model.owner[byte] === claim))
		expect(bytesOf({ start: claim.start, end: claim.position })).toEqual(
			model.bytesWhere(byte => model.owner[byte] === claim && model.received[byte] === true),
		)
	}
}

describe('a segment map', () => {
	test('agrees with a table of single bytes, whatever is asked of it, and refuses what is illegal without a change', () => {
		fc.assert(
			fc.property(moves, played => {
				const map = new SegmentMap(size)
				const model = new ByteByByte()
				const claims: Claim[] = []
				for (const move of played) {
					play(map, model, claims, move)
					expectSame(map, model, claims)
				}
			}),
			{ numRuns: 400 },
		)
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
