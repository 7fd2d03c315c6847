import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { cancelFromSignal } from '../../src/base/abort.ts'

test('however many downloads follow a signal, it has one listener, and none when they are over', () => {
	const controller = new AbortController()
	const followers = Array.from({ length: 20 }, () => cancelFromSignal(controller.signal))
	expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)

	followers[0]?.release()
	followers[0]?.release()
	for (const { release } of followers.slice(2)) release()
	expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
	controller.abort('over')
	expect(followers.map(({ cancel }) => cancel.cancelled).filter(Boolean)).toHaveLength(1)
	expect(followers[1]?.cancel.reason).toBe('over')

	followers[1]?.release()
	expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
})
