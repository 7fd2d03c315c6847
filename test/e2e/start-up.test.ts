import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const report = fileURLToPath(new URL('../support/report-started.cjs', import.meta.url))

interface Started {
	readonly files: readonly string[]
	/** As `node:async_hooks` names them. */
	readonly kinds: readonly string[]
}

async function started(args: readonly string[], cwd: string): Promise<Started> {
	const { code, stderr } = await runCli(args, { cwd, nodeArgs: ['--require', report] })
	expect(code, stderr).toBe(0)
	return JSON.parse(stderr.slice(stderr.lastIndexOf('{"files"'))) as Started
}

test('a small file starts no process and no thread, asks for no name, and makes no TLS', async () => {
	await using origin = await startOrigin({ body: randomBytes(10_000) })
	await using folder = await tempDir()

	const { kinds } = await started(['-q', '-o', 'file', origin.url()], folder.path)

	expect(kinds).toContain('TCPWRAP')
	for (const dear of ['PROCESSWRAP', 'WORKER', 'GETADDRINFOREQWRAP', 'TLSWRAP']) expect(kinds).not.toContain(dear)
})

test.each([
	['quiet', ['-q']],
	['with events', ['--json']],
	['with lines for a log', []],
	['of the version', ['--version']],
])('a run %s loads a handful of files, all of them the command’s own', async (_, flags) => {
	await using origin = await startOrigin({ body: randomBytes(10_000) })
	await using folder = await tempDir()

	const { files } = await started([...flags, '-o', 'file', origin.url()], folder.path)

	// What measures the width of any text, reads XML or serves the demo is for those who want it.
	expect(files.length).toBeLessThanOrEqual(5)
	expect(files.filter(file => !file.includes(join('dist', 'cli')))).toEqual([])
	expect(
		files.filter(file => /wrap|terminal|explain|metalink|demo|probe|verify/.test(file.slice(file.lastIndexOf('cli')))),
	).toEqual([])
})
