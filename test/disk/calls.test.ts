import { describe, expect, test } from 'vitest'
import { Calls, type Settle } from '../../src/disk/calls.ts'
import { PromptCalls } from '../../src/disk/prompt-calls.ts'

const local = { has: (folder: string): boolean => folder === '/local' }
const later = (settle: Settle<string>): void => settle(null, 'later')
const prompt = () => new PromptCalls({ now: () => 0 })

describe('a system call', () => {
	test('is made at once in a folder of this machine', async () => {
		expect(await new Calls(prompt(), local).make('/local', () => 'now', later)).toBe('now')
	})

	test('is left to the pool elsewhere', async () => {
		expect(await new Calls(prompt(), local).make('/net', () => 'now', later)).toBe('later')
	})

	test('is left to the pool where nothing is known of time', async () => {
		expect(await new Calls(undefined, local).make('/local', () => 'now', later)).toBe('later')
	})

	test('is left to the pool after one that took long', async () => {
		let nowMs = 0
		const calls = new Calls(new PromptCalls({ now: () => nowMs }), local)
		const slow = (): string => {
			nowMs += 100
			return 'now'
		}
		expect(await calls.make('/local', slow, later)).toBe('now')
		expect(await calls.make('/local', slow, later)).toBe('later')
	})

	test('that fails rejects, whoever made it', async () => {
		const failure = new Error('ENOSPC')
		const fail = (): string => {
			throw failure
		}
		const failLater = (settle: Settle<string>): void => settle(failure)
		const calls = new Calls(prompt(), local)
		await expect(calls.make('/local', fail, later)).rejects.toBe(failure)
		await expect(calls.make('/net', () => 'now', failLater)).rejects.toBe(failure)
	})
})
