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
	test('are expected to be prompt until one was not', () => {
		const { calls, take } = begin()
		expect(calls.expected).toBe(true)
		expect(take(10)).toBe(7)
		expect(calls.expected).toBe(true)
	})

	test('hold the loop for at most a tenth of the time where the disk is slow', () => {
		const { calls, take, pass } = begin()
		take(210)
		pass(1999)
		expect(calls.expected).toBe(false)
		pass(1)
		expect(calls.expected).toBe(true)
	})

	test('go on soon after one that was little late', () => {
		const { calls, take, pass } = begin()
		take(12)
		expect(calls.expected).toBe(false)
		pass(20)
		expect(calls.expected).toBe(true)
	})

	test('are no longer expected to be prompt after one that failed late', () => {
		const { calls, pass } = begin()
		const failure = new Error('the disk is full')
		const fail = (): number => {
			pass(50)
			throw failure
		}
		expect(() => calls.make(fail)).toThrow(failure)
		expect(calls.expected).toBe(false)
	})
})
