import { expect, test } from 'vitest'
import { type Cancel, CancelSource, neverCancelled } from '../../src/base/abort.ts'
import { type Runner, race, stepMs } from '../../src/transport/connect/race.ts'
import { FakeClock } from '../support/fake-clock.ts'

/** Attempts that a test ends by hand. */
class Attempts implements Runner<string, string> {
	readonly started: string[] = []
	readonly abandoned: string[] = []
	readonly discarded: string[] = []
	readonly #settle = new Map<string, { resolve(result: string): void; reject(error: unknown): void }>()

	start(candidate: string, cancel: Cancel): Promise<string> {
		this.started.push(candidate)
		return new Promise((resolve, reject) => {
			this.#settle.set(candidate, { resolve, reject })
			cancel.onCancel(() => this.abandoned.push(candidate))
		})
	}

	discard(result: string): void {
		this.discarded.push(result)
	}

	succeed(candidate: string): void {
		this.#settle.get(candidate)?.resolve(candidate)
	}

	fail(candidate: string, error: unknown): void {
		this.#settle.get(candidate)?.reject(error)
	}
}

function start(cancel: Cancel = neverCancelled) {
	const clock = new FakeClock()
	const attempts = new Attempts()
	const outcome = race(['a', 'b', 'c'], attempts, clock, cancel)
	outcome.catch(() => {})
	return { clock, attempts, outcome }
}

test('candidates start in steps, and none is abandoned before another has won', async () => {
	const { clock, attempts, outcome } = start()
	expect(attempts.started).toEqual(['a'])
	await clock.advance(stepMs - 1)
	expect(attempts.started).toEqual(['a'])
	await clock.advance(1)
	expect(attempts.started).toEqual(['a', 'b'])
	await clock.advance(10 * stepMs)
	expect(attempts.started).toEqual(['a', 'b', 'c'])
	expect(attempts.abandoned).toEqual([])
	attempts.succeed('a')
	expect(await outcome).toEqual({ candidate: 'a', result: 'a' })
	expect(attempts.abandoned).toEqual(['a', 'b', 'c'])
	expect(clock.pending).toBe(0)
})

test('a failure starts the next candidate at once', async () => {
	const { clock, attempts, outcome } = start()
	attempts.fail('a', 'refused')
	await clock.advance(0)
	expect(attempts.started).toEqual(['a', 'b'])
	attempts.succeed('b')
	expect(await outcome).toEqual({ candidate: 'b', result: 'b' })
})

test('when all have failed, the first failure is the reason', async () => {
	const { clock, attempts, outcome } = start()
	await clock.advance(2 * stepMs)
	attempts.fail('b', 'second')
	await clock.advance(0)
	attempts.fail('a', 'first')
	attempts.fail('c', 'third')
	await expect(outcome).rejects.toBe('second')
	expect(clock.pending).toBe(0)
})

test('who comes second is let go', async () => {
	const { clock, attempts, outcome } = start()
	await clock.advance(stepMs)
	attempts.succeed('b')
	attempts.succeed('a')
	expect(await outcome).toEqual({ candidate: 'b', result: 'b' })
	await clock.advance(0)
	expect(attempts.discarded).toEqual(['a'])
})

test('cancelling abandons all and tells the reason', async () => {
	const cancel = new CancelSource()
	const { clock, attempts, outcome } = start(cancel)
	await clock.advance(stepMs)
	cancel.cancel('enough')
	await expect(outcome).rejects.toBe('enough')
	expect(attempts.abandoned).toEqual(['a', 'b'])
	expect(clock.pending).toBe(0)
})

test('a race that was cancelled beforehand starts nothing', async () => {
	const cancel = new CancelSource()
	cancel.cancel('enough')
	const { attempts, outcome } = start(cancel)
	await expect(outcome).rejects.toBe('enough')
	expect(attempts.started).toEqual([])
})
