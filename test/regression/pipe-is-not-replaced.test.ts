import { execFileSync, spawn } from 'node:child_process'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

test.each([[[]], [['--if-exists', 'overwrite']]])(
	'a pipe that is named as the output takes the bytes and stays a pipe (%j)',
	async choice => {
		const body = pseudoRandom(5_000_000)
		await using origin = await startOrigin({ body })
		await using folder = await tempDir()
		const pipe = join(folder.path, 'pipe')
		execFileSync('mkfifo', [pipe])
		const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] })
		const read = buffer(reader.stdout)

		const { code, stderr } = await runCli([origin.url(), '-o', pipe, '-x', '4', '-q', ...choice])

		expect(code, stderr).toBe(0)
		expect((await read).equals(body)).toBe(true)
		expect(lstatSync(pipe).isFIFO()).toBe(true)
		expect(readdirSync(folder.path)).toEqual(['pipe'])
	},
)
