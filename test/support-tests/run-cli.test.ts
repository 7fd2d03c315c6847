import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type CliOptions, type RunningCli, startScript } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

it('tells all that a command wrote, and how it ended', async () => {
	const source = `
		process.stdin.pipe(process.stdout)
		process.stderr.write(process.argv[2] + process.env.GIVEN + process.cwd() + String(process.env.HOME))
		process.stdin.on('end', () => { process.exitCode = 7 })
	`
	const input = 'x'.repeat(1_000_000)
	const env = { GIVEN: '-given-', HOME: undefined }
	const { result } = await script(source, ['first'], { input, env, cwd: '/' })
	expect(await result).toMatchObject({ code: 7, signal: null, stdout: input, stderr: 'first-given-/undefined' })
	expect((await result).stdoutBytes.length).toBe(1_000_000)
})

it('kills when it is told to', async () => {
	const running = await script(forEver, [])
	await expect.poll(() => running.stdout).toBe('started')
	running.child.kill('SIGTERM')
	expect(await running.result).toMatchObject({ code: null, signal: 'SIGTERM', stdout: 'started' })
	const { result } = await script(forEver, [], { killAfterMs: 1 })
	expect(await result).toMatchObject({ code: null, signal: 'SIGKILL' })
})

it('rejects when a command hangs', async () => {
	const { result } = await script(forEver, [], { timeoutMs: 300 })
	await expect(result).rejects.toThrow(/did not end in 300 ms; it said:\nstarted/)
})

it('leaves no process behind', async () => {
	let pid: number | undefined
	{
		await using running = await script(forEver, [])
		pid = running.child.pid
	}
	expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH')
})

const forEver = `process.stdout.write('started'); setInterval(() => {}, 1000)`

async function script(source: string, args: readonly string[], options: CliOptions = {}): Promise<RunningCli> {
	const folder = await tempDir()
	onTestFinished(() => folder[Symbol.asyncDispose]())
	await writeFile(join(folder.path, 'script.mjs'), source)
	return startScript(join(folder.path, 'script.mjs'), args, options)
}
