import { describe, expect, test } from 'vitest'
import { CancelSource, neverCancelled } from '../../src/base/abort.ts'
import { Governor } from '../../src/engine/governor.ts'
import type { Party } from '../../src/engine/parties.ts'
import { createBlockPool } from '../../src/sink/blocks.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { RememberedHosts } from '../support/remembered-hosts.ts'

const governorOf = (maxPerHost: number, maxConnections: number): Governor =>
	new Governor({ clock: new FakeClock(), blocks: createBlockPool(), limits: { maxPerHost, maxConnections } })

/** One that knows that a host takes so many, and the clock that it goes by. */
const cappedAt = (host: string, cap: number): { governor: Governor; clock: FakeClock; memory: RememberedHosts } => {
	const clock = new FakeClock()
	const memory = new RememberedHosts(clock)
	memory.learn(host, { cap, paid: 2 })
	const limits = { maxPerHost: 32, maxConnections: 512 }
	return { governor: new Governor({ clock, blocks: createBlockPool(), limits, memory }), clock, memory }
}

/** A download with nothing yet. */
const partyAt = (host: string, wanted: number, more: Partial<Party> = {}): Party => ({
	...{ host, wanted, connections: 0, receiving: 0, standing: 0, exact: true },
	...more,
})

const join = (governor: Governor, ...parties: Party[]): Party[] => {
	for (const party of parties) governor.join(party, () => {})
	return parties
}

test('limits hold for all hosts and for each, and what waits is let in, in its order, when they are raised', async () => {
	const governor = governorOf(1, 2)
	const first = await governor.acquire('a', neverCancelled)
	const got: string[] = []
	const second = governor.acquire('a', neverCancelled).then(lease => got.push('second at a') && lease)
	const third = governor.acquire('a', neverCancelled).then(lease => got.push('third at a') && lease)
	const other = await governor.acquire('b', neverCancelled)
	expect(governor.mayOpen(partyAt('c', 4))).toBe(false)
	expect(got).toEqual([])

	governor.setLimits({ maxPerHost: 2, maxConnections: 3 })
	await second
	expect(got).toEqual(['second at a'])

	first.release()
	await third
	expect(got).toEqual(['second at a', 'third at a'])
	other.release()
	other.release()
	expect(governor.openTo('b')).toBe(0)
	expect(governor.openTo('a')).toBe(2)
})

test('a lease that is redirected counts where it went', async () => {
	const governor = governorOf(1, 10)
	const lease = await governor.acquire('a', neverCancelled)
	lease.moveTo('b')
	expect([governor.openTo('a'), governor.openTo('b')]).toEqual([0, 1])
	expect(governor.mayOpen(partyAt('b', 4))).toBe(false)
	lease.release()
	expect(governor.openTo('b')).toBe(0)
})

describe('downloads that share a host', () => {
	test('have the same, but for those that want less', () => {
		const governor = governorOf(32, 512)
		const parties = join(governor, partyAt('a', 32), partyAt('a', 2), partyAt('a', 32), partyAt('b', 32))
		expect(parties.map(party => governor.shareOf(party))).toEqual([15, 2, 15, 32])
	})

	test('have more when one leaves', () => {
		const governor = governorOf(32, 512)
		const [stays] = join(governor, partyAt('a', 32)) as [Party]
		let told = 0
		governor.join(stays, () => {
			told += 1
		})
		const leave = governor.join(partyAt('a', 32), () => {})
		expect(governor.shareOf(stays)).toBe(16)
		leave()
		expect(governor.shareOf(stays)).toBe(32)
		expect(told).toBe(1)
	})

	test('leave room for one that waits for its first connection', async () => {
		const governor = governorOf(2, 512)
		const leases = [await governor.acquire('a', neverCancelled), await governor.acquire('a', neverCancelled)]
		const [party] = join(governor, partyAt('a', 2, { connections: 2 })) as [Party]
		const waiting = governor.acquire('a', neverCancelled)
		expect(governor.shareOf(party)).toBe(1)
		leases[0]?.release()
		expect((await waiting).host).toBe('a')
	})
})

describe('a host that took four in an earlier run', () => {
	test('is shared by four, unless a number is exact', () => {
		const { governor } = cappedAt('a', 4)
		const [auto, exact] = join(governor, partyAt('a', 8, { exact: false }), partyAt('a', 8)) as [Party, Party]
		expect(governor.shareOf(auto)).toBe(2)
		expect(governor.shareOf(exact)).toBe(8)
		expect(governor.isCapped('a')).toBe(true)
		expect(governor.isCapped('b')).toBe(false)
		expect(governor.hosts.paid('a')).toBe(2)
	})

	test('is tried for one more after three seconds', () => {
		const { governor, clock } = cappedAt('a', 4)
		expect(governor.hosts.allowed('a')).toBe(4)
		return clock.advance(3000).then(() => expect(governor.hosts.allowed('a')).toBe(5))
	})

	test('lets a further download in when another gives a connection back', async () => {
		const { governor } = cappedAt('a', 2)
		const leases = [await governor.acquire('a', neverCancelled), await governor.acquire('a', neverCancelled)]
		join(governor, partyAt('a', 2, { connections: 2 }))
		let began = false
		const waiting = governor.acquire('a', neverCancelled).then(lease => {
			began = true
			return lease
		})
		await Promise.resolve()
		expect(began).toBe(false)
		leases[0]?.release()
		await waiting
		expect(governor.openTo('a')).toBe(2)
	})

	test('lets it in after ten seconds where none comes back', async () => {
		const { governor, clock } = cappedAt('a', 1)
		await governor.acquire('a', neverCancelled)
		join(governor, partyAt('a', 2, { connections: 2 }))
		await clock.runUntil(governor.acquire('a', neverCancelled))
		expect(clock.now()).toBe(10_000)
	})

	test('lets it in at once where nobody has one to give', async () => {
		const { governor, clock } = cappedAt('a', 1)
		await governor.acquire('a', neverCancelled)
		join(governor, partyAt('a', 2, { connections: 1 }))
		await governor.acquire('a', neverCancelled)
		expect(clock.pending).toBe(0)
	})

	test('is not waited for by a download that is cancelled', async () => {
		const { governor, clock } = cappedAt('a', 1)
		await governor.acquire('a', neverCancelled)
		join(governor, partyAt('a', 2, { connections: 2 }))
		const cancel = new CancelSource()
		const waiting = governor.acquire('a', cancel)
		cancel.cancel(new Error('enough'))
		await expect(waiting).rejects.toThrow('enough')
		expect(clock.pending).toBe(0)
	})
})

describe('a host that refuses', () => {
	test('is held to all that stand, of whatever download', () => {
		const governor = governorOf(32, 512)
		const parties = [partyAt('a', 8, { standing: 3 }), partyAt('a', 8, { standing: 2 })] as const
		join(governor, ...parties)
		governor.refused(parties[0], 0)
		expect(governor.hosts.allowed('a')).toBe(4)
	})

	test('is allowed what it serves after all', () => {
		const governor = governorOf(32, 512)
		const [party] = join(governor, partyAt('a', 8, { standing: 3, receiving: 3 })) as [Party]
		governor.noteServed('a')
		expect(governor.hosts.allowed('a')).toBe(Number.POSITIVE_INFINITY)
		governor.refused(party, 0)
		expect(governor.hosts.allowed('a')).toBe(2)
		governor.noteServed('a')
		expect(governor.hosts.allowed('a')).toBe(3)
	})
})

describe('a host that asks to wait', () => {
	const hour = 3_600_000

	test('gets no connections beyond those it has, an hour at the most, and then as many as before', async () => {
		const clock = new FakeClock()
		const limits = { maxPerHost: 32, maxConnections: 512 }
		const governor = new Governor({ clock, blocks: createBlockPool(), limits })
		join(governor, partyAt('a', 8, { standing: 2 }))
		governor.askedToWait('a', 20_000)
		expect(governor.hosts.allowed('a')).toBe(2)
		governor.askedToWait('a', 10_000)
		await clock.advance(19_999)
		expect(governor.hosts.allowed('a')).toBe(2)
		await clock.advance(1)
		expect(governor.hosts.allowed('a')).toBe(Number.POSITIVE_INFINITY)
		governor.askedToWait('b', 24 * hour)
		expect(governor.hosts.allowed('b')).toBe(1)
		await clock.advance(hour)
		expect(governor.hosts.allowed('b')).toBe(Number.POSITIVE_INFINITY)
	})
})

test('a cap that was only remembered ages, however often it is gone by', () => {
	const { governor, memory } = cappedAt('a', 4)
	expect(governor.hosts.allowed('a')).toBe(4)
	governor.hosts.learn('a', 2)
	expect(memory.learned.at(-1)).toEqual({ host: 'a', cap: undefined, paid: 2 })
	const [party] = join(governor, partyAt('a', 4, { standing: 4 })) as [Party]
	governor.refused(party, 0)
	governor.hosts.learn('a', undefined)
	expect(memory.learned.at(-1)).toEqual({ host: 'a', cap: 3, paid: undefined })
})

test('what a download has learned goes into the memory: a cap where there was one, a number where one was found', () => {
	const clock = new FakeClock()
	const memory = new RememberedHosts(clock)
	const limits = { maxPerHost: 32, maxConnections: 512 }
	const governor = new Governor({ clock, blocks: createBlockPool(), limits, memory })
	governor.hosts.learn('nothing', undefined)
	governor.hosts.learn('paid', 8)
	governor.refused(partyAt('capped', 1, { standing: 2 }), 0)
	governor.hosts.learn('capped', undefined)
	expect(memory.learned).toEqual([
		{ host: 'paid', cap: undefined, paid: 8 },
		{ host: 'capped', cap: 1, paid: undefined },
	])
})

test('a refusal that shows when most have ended does not teach a lower cap than the host has served', () => {
	const clock = new FakeClock()
	const memory = new RememberedHosts(clock)
	const governor = new Governor({
		clock,
		blocks: createBlockPool(),
		limits: { maxPerHost: 32, maxConnections: 512 },
		memory,
	})
	const leave = governor.join(partyAt('a', 5, { standing: 5, receiving: 4 }), () => {})
	governor.refused(partyAt('a', 5, { standing: 5 }), 0)
	governor.noteServed('a')
	leave()
	const [last] = join(governor, partyAt('a', 3, { standing: 3, receiving: 2 })) as [Party]
	governor.refused(last, 0)
	governor.hosts.learn('a', undefined)
	expect(memory.learned.at(-1)).toEqual({ host: 'a', cap: 4, paid: undefined })
})
