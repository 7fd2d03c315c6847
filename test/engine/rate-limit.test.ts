import { expect, test } from 'vitest'
import { type Allowance, RateLimit } from '../../src/engine/rate-limit.ts'
import { FakeClock } from '../support/fake-clock.ts'

/** Two lanes of two downloads under a limit of 1000 bytes a second; `granted` notes who may go on. */
function twoLanes() {
	const clock = new FakeClock()
	const limit = new RateLimit(clock, 1000)
	const granted: string[] = []
	const shares = [limit.join(), limit.join()] as const
	const lanes = shares.map((share, nth) => share.open(() => granted.push('ab'.charAt(nth)))) as [Allowance, Allowance]
	return { clock, limit, granted, shares, lanes }
}

function useUp(lane: Allowance): void {
	while (lane.ask()) lane.use(lane.bytes)
}

test('there is always memory to hand out: a byte on credit, which is paid back', async () => {
	const { clock, lanes } = twoLanes()
	const [lane] = lanes
	expect([lane.bytes, lane.next]).toEqual([0, 1])
	lane.use(1)
	useUp(lane)
	expect(lane.waits).toBe(true)
	await clock.advance(1000)
	expect(lane.bytes).toBeLessThanOrEqual(25)
	for (const one of lanes) one.close()
	expect(clock.pending).toBe(0)
})

test('a lane that wants nothing any more is given nothing, and others get what it would have got', async () => {
	const { clock, granted, lanes } = twoLanes()
	const [a, b] = lanes
	useUp(a)
	expect([a.ask(), b.ask()]).toEqual([false, false])
	a.withdraw()
	expect(a.waits).toBe(false)
	await clock.advance(25)
	expect(granted).toEqual(['b'])
	expect(b.bytes).toBeGreaterThanOrEqual(25)
})

test('when nobody waits any more there is no timer', () => {
	const { clock, lanes } = twoLanes()
	useUp(lanes[0])
	expect(clock.pending).toBe(1)
	lanes[0].close()
	expect(clock.pending).toBe(0)
})

test('what a lane leaves unused is there for the others', async () => {
	const { clock, lanes } = twoLanes()
	const [a, b] = lanes
	useUp(b)
	await clock.advance(100)
	b.use(b.bytes)
	expect(a.ask()).toBe(true)
	const left = a.bytes
	a.close()
	expect(b.ask()).toBe(true)
	expect(b.bytes).toBeGreaterThanOrEqual(left)
})

test('a download was held back where one of its lanes had to wait since the last look', async () => {
	const { clock, lanes, shares } = twoLanes()
	const [held, free] = shares
	expect(held.look()).toBe(false)
	useUp(lanes[0])
	expect([held.look(), held.look(), free.look()]).toEqual([true, true, false])
	await clock.advance(25)
	expect([held.look(), held.look()]).toEqual([true, false])
})

test('without a limit everything may come, and a limit that is lifted lets all go on', () => {
	const { limit, lanes, granted } = twoLanes()
	useUp(lanes[0])
	limit.set(undefined)
	expect(granted).toEqual(['a'])
	expect(lanes.map(lane => lane.next)).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
	expect(lanes[1].ask()).toBe(true)
})
