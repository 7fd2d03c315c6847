import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { eventsOf } from '../../crash/kills/command-events.ts'
import { pseudoRandom } from '../../support/body.ts'
import { withoutLength } from '../../support/origin/scripts.ts'
import { startOrigin } from '../../support/origin.ts'
import { runCli } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const body = pseudoRandom(6_000_000)

const servers = [
	['a length', undefined],
	['no length', withoutLength('close')],
] as const

test.each(servers)(
	'a file above `ulimit -f`, of which there is %s, is E_NO_SPACE and comes whole without the limit',
	async (_, answer) => {
		await using origin = await startOrigin({ body, ...(answer && { answer }) })
		await using folder = await tempDir()
		const args = [origin.url(), '-d', folder.path, '--json']

		const { code, stdout } = await underLimit(2_000, args)
		expect(code).toBe(8)
		expect(eventsOf(stdout).find(({ event }) => event === 'failed')?.code).toBe('E_NO_SPACE')
		expect(await readdir(folder.path)).toEqual([])

		expect((await runCli(args)).code).toBe(0)
		expect((await readFile(join(folder.path, 'file.bin'))).equals(body)).toBe(true)
	},
)

/** @param limit in KiB, as bash's `ulimit -f` counts */
async function underLimit(limit: number, args: readonly string[]): Promise<{ code: number | null; stdout: string }> {
	const command = `ulimit -f ${limit}; exec "$@"`
	const child = spawn('bash', ['-c', command, '-', process.execPath, main, ...args], {
		stdio: ['ignore', 'pipe', 'ignore'],
	})
	const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
	return { code, stdout }
}
