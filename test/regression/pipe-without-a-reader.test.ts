import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { startOrigin } from '../support/origin.ts'
import { startCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

test.each([
	['SIGINT', 130],
	['SIGTERM', 143],
] as const)('%s ends a download into a pipe that nobody reads', async (signal, exitCode) => {
	await using origin = await startOrigin({ body: pseudoRandom(1_000_000) })
	await using folder = await tempDir()
	const pipe = join(folder.path, 'pipe')
	execFileSync('mkfifo', [pipe])
	await using running = startCli([origin.url(), '-o', pipe])
	while (origin.bytesSent === 0) await new Promise(setImmediate)
	running.child.kill(signal)
	const { code, stderr } = await running.result
	expect(code, stderr).toBe(exitCode)
})
