import { expect, test } from 'vitest'
import { Commands } from '../../src/disk/commands.ts'
import { FakeClock } from '../support/fake-clock.ts'

const commands = new Commands(undefined)

test.each([0, 1, 7])('the exit code of a command is the answer (%i)', async code => {
	expect(await commands.run('sh', ['-c', `exit ${code}`])).toBe(code)
})

test('a command that is not there, or may not be run, has no answer', async () => {
	expect(await commands.run('no-such-command', [])).toBeUndefined()
	expect(await commands.run('/etc/passwd', [])).toBeUndefined()
})

test('a command that Node itself refuses has no answer', async () => {
	expect(await commands.run('true', ['\0'])).toBeUndefined()
})

test('a command that hangs is ended', async () => {
	const clock = new FakeClock()
	const answer = new Commands(clock).run('sleep', ['1000'])
	await clock.advance(5000)
	expect(await answer).toBeUndefined()
})

test.each(['true', 'no-such-command'])('nothing is left to wait for when %s has ended', async command => {
	const clock = new FakeClock()
	await new Commands(clock).run(command, [])
	expect(clock.pending).toBe(0)
})
