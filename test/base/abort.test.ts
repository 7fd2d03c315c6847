import { expect, test } from 'vitest'
import { CancelSource, cancelFromSignal, neverCancelled, orCancelled, throwIfCancelled } from '../../src/base/abort.ts'

test('listeners hear the first reason, once', () => {
	const cancel = new CancelSource()
	const heard: unknown[] = []
	cancel.onCancel(reason => heard.push(reason))
	expect(cancel.cancelled).toBe(false)
	cancel.cancel('first')
	cancel.cancel('second')
	expect(heard).toEqual(['first'])
	expect(cancel.cancelled).toBe(true)
	expect(cancel.reason).toBe('first')
})

test('who listens too late is told at once; who has left is not told', () => {
	const cancel = new CancelSource()
	const heard: string[] = []
	const leave = cancel.onCancel(() => heard.push('left'))
	leave()
	cancel.cancel('why')
	cancel.onCancel(reason => heard.push(`late: ${reason}`))
	expect(heard).toEqual(['late: why'])
})

test('a listener that another one takes off in passing is not called', () => {
	const cancel = new CancelSource()
	const heard: string[] = []
	let leaveSecond = (): void => {}
	cancel.onCancel(() => leaveSecond())
	leaveSecond = cancel.onCancel(() => heard.push('second'))
	cancel.cancel('why')
	expect(heard).toEqual([])
})

test('one function may listen twice and leave once', () => {
	const cancel = new CancelSource()
	let calls = 0
	const listener = (): void => {
		calls += 1
	}
	const leave = cancel.onCancel(listener)
	cancel.onCancel(listener)
	leave()
	cancel.cancel('why')
	expect(calls).toBe(1)
})

test('a child fires with its parent, a parent not with its child', () => {
	const parent = new CancelSource()
	const [one, two] = [new CancelSource(parent), new CancelSource(parent)]
	one.cancel('one')
	expect([parent.cancelled, two.cancelled]).toEqual([false, false])
	parent.cancel('all')
	expect([one.reason, two.reason]).toEqual(['one', 'all'])
	expect(new CancelSource(parent).reason).toBe('all')
})

test('a child that is detached or fired leaves nothing with its parent', () => {
	let listening = 0
	const parent = {
		...neverCancelled,
		onCancel: () => {
			listening += 1
			return () => {
				listening -= 1
			}
		},
	}
	const [one, two] = [new CancelSource(parent), new CancelSource(parent)]
	one.detach()
	one.detach()
	two.cancel('why')
	expect(listening).toBe(0)
})

test('throwIfCancelled throws the very reason', () => {
	const cancel = new CancelSource()
	throwIfCancelled(cancel)
	throwIfCancelled(neverCancelled)
	const reason = new Error('why')
	cancel.cancel(reason)
	expect(() => throwIfCancelled(cancel)).toThrow(reason)
})

test('work that cannot be stopped is waited for until it settles or nobody wants it', async () => {
	const cancel = new CancelSource()
	const failure = new Error('failed')
	expect(await orCancelled(Promise.resolve(1), cancel)).toBe(1)
	await expect(orCancelled(Promise.reject(failure), cancel)).rejects.toBe(failure)
	const waiting = orCancelled(new Promise(() => {}), cancel)
	cancel.cancel('reason')
	await expect(waiting).rejects.toBe('reason')
	await expect(orCancelled(Promise.resolve(1), cancel)).rejects.toBe('reason')
})

test('a signal cancels with its reason, before and after, until it is released', () => {
	const early = new AbortController()
	early.abort('early')
	expect(cancelFromSignal(early.signal).cancel.reason).toBe('early')

	const controller = new AbortController()
	const followed = cancelFromSignal(controller.signal)
	const released = cancelFromSignal(controller.signal)
	released.release()
	controller.abort('late')
	expect(followed.cancel.reason).toBe('late')
	expect(released.cancel.cancelled).toBe(false)
	cancelFromSignal(undefined).release()
})
