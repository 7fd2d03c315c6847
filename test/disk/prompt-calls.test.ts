import { describe, expect, test } from 'vitest'
import { PromptCalls } from '../../src/disk/prompt-calls.ts'

function begin() {
	let nowMs = 1000
	const calls = new PromptCalls({ now: () => nowMs })
	return {
		calls,
		pass(ms: number) {
			nowMs += ms
		},
		take(ms: number): number {
			return calls.make(() => {
				nowMs += ms
				return 7
			})
		},
	}
}

describe('calls that the event loop makes itself', () => {
	test('are expected to be prompt while they are, however many', () => {
		const { calls, take } = begin()
		for (let call = 0; call < 10_000; call++) expect(take(1)).toBe(7)
		expect(calls.expected).toBe(true)
	})

	test('go on after one that met a sync', () => {
		const { calls, take } = begin()
		take(50)
		expect(calls.expected).toBe(true)
	})

	test('pause after a long one, until a quarter of the time since has made up for it', () => {
		const { calls, take, pass } = begin()
		take(250)
		pass(799)
		expect(calls.expected).toBe(false)
		pass(1)
		expect(calls.expected).toBe(true)
	})

	test.each([2, 5, 20, 200])('hold the loop for at most a third of the time where each takes %i ms', takesMs => {
		const { calls, take, pass } = begin()
		let heldMs = 0
		let passedMs = 0
		while (passedMs < 60_000) {
			const spentMs = calls.expected ? takesMs : 1
			if (calls.expected) {
				take(takesMs)
				heldMs += takesMs
			} else pass(1)
			passedMs += spentMs
		}
		expect(heldMs / passedMs).toBeGreaterThan(0.1)
		expect(heldMs / passedMs).toBeLessThan(0.34)
	})

	test('are no longer expected to be prompt after one that failed late', () => {
		const { calls, pass } = begin()
		const failure = new Error('the disk is full')
		const fail = (): number => {
			pass(100)
			throw failure
		}
		expect(() => calls.make(fail)).toThrow(failure)
		expect(calls.expected).toBe(false)
	})
})
