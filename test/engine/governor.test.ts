import { expect, test } from 'vitest'
import { neverCancelled } from '../../src/base/abort.ts'
import { Governor } from '../../src/engine/governor.ts'
import { createBlockPool } from '../../src/sink/blocks.ts'
import { FakeClock } from '../support/fake-clock.ts'

const governorOf = (maxPerHost: number, maxConnections: number): Governor =>
	new Governor({ clock: new FakeClock(), blocks: createBlockPool(), limits: { maxPerHost, maxConnections } })

test('limits hold for all hosts and for each, and what waits is let in, in its order, when they are raised', async () => {
	const governor = governorOf(1, 2)
	const first = await governor.acquire('a', neverCancelled)
	const got: string[] = []
	const second = governor.acquire('a', neverCancelled).then(lease => got.push('second at a') && lease)
	const third = governor.acquire('a', neverCancelled).then(lease => got.push('third at a') && lease)
	const other = await governor.acquire('b', neverCancelled)
	expect(governor.tryAcquire('c', true)).toBeUndefined()
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
	expect(governor.tryAcquire('b', true)).toBeUndefined()
	lease.release()
	expect(governor.openTo('b')).toBe(0)
})
