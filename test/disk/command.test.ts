import process from 'node:process'
import { expect, test } from 'vitest'
import { runCommand } from '../../src/disk/command.ts'

test.each([0, 1, 7])('the exit code of a command is the answer (%i)', async code => {
	expect(await runCommand('sh', ['-c', `exit ${code}`])).toBe(code)
})

test('a command that is not there, or may not be run, has no answer', async () => {
	expect(await runCommand('no-such-command', [])).toBeUndefined()
	expect(await runCommand('/etc/passwd', [])).toBeUndefined()
})

test('a command that Node itself refuses has no answer', async () => {
	expect(await runCommand('true', ['\0'])).toBeUndefined()
})

test('a command that hangs is ended', async () => {
	expect(await runCommand('sleep', ['1000'], { timeoutMs: 20 })).toBeUndefined()
})

test('no process stays for a command that is not there', async () => {
	const timers = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
	const before = timers()
	await runCommand('no-such-command', [])
	expect(timers()).toBe(before)
})
