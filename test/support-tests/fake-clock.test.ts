import { describe, expect, it } from 'vitest'
import { CancelSource } from '../../src/base/abort.ts'
import { FakeClock } from '../support/fake-clock.ts'

describe('FakeClock', () => {
	it('fires timers in order of due time, ties in order of setting', async () => {
		const clock = new FakeClock()
		const fired: string[] = []
		const note = (name: string) => () => fired.push(`${name}@${clock.now()}`)
		clock.after(20, note('c'))
		clock.after(10, note('a'))
		clock.after(10, note('b'))
		const ticks = clock.every(15, note('tick'))
		await clock.advance(35)
		ticks.stop()
		expect(fired).toEqual(['a@10', 'b@10', 'tick@15', 'c@20', 'tick@30'])
		expect(clock.now()).toBe(35)
		expect(clock.pending).toBe(0)
	})

	it('lets promises of any depth run before time goes on', async () => {
		const clock = new FakeClock()
		const seen: number[] = []
		clock.after(10, async () => {
			for (let turn = 0; turn < 1000; turn++) await undefined
			seen.push(clock.now())
			await clock.sleep(5)
			seen.push(clock.now())
		})
		clock.after(12, () => seen.push(clock.now()))
		await clock.advance(20)
		expect(seen).toEqual([10, 12, 15])
	})

	it('ends a sleep at once when it is cancelled', async () => {
		const clock = new FakeClock()
		const cancel = new CancelSource()
		const sleep = clock.sleep(1000, cancel)
		cancel.cancel('enough')
		await clock.runUntil(sleep)
		await clock.sleep(1000, cancel)
		expect(clock.now()).toBe(0)
		expect(clock.pending).toBe(0)
		expect(clock.slept).toEqual([1000, 1000])
	})

	it('runs hours of sleeping until a promise settles', async () => {
		const clock = new FakeClock()
		const work = (async () => {
			for (let hour = 0; hour < 5; hour++) await clock.sleep(3_600_000)
			return 'rested'
		})()
		expect(await clock.runUntil(work, { limitMs: 18_000_000 })).toBe('rested')
		expect(clock.now()).toBe(18_000_000)
		expect(clock.wall()).toEqual(new Date('2026-01-01T05:00:00Z'))
	})

	it('passes a rejection on', async () => {
		const clock = new FakeClock()
		const work = clock.sleep(1).then(() => Promise.reject(new Error('no')))
		await expect(clock.runUntil(work)).rejects.toThrow('no')
	})

	it('says that a promise hangs rather than hang with it', async () => {
		const clock = new FakeClock()
		const never = new Promise<never>(() => {})
		await expect(clock.runUntil(never)).rejects.toThrow('Nothing is pending')
		clock.every(10, () => {})
		await expect(clock.runUntil(never, { limitMs: 1000 })).rejects.toThrow('not settled after 1000 ms')
		expect(clock.now()).toBe(1000)
	})
})
