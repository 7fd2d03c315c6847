import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { tempDir } from '../support/temp-dir.ts'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

it('a test whose need is not there is skipped and says why', async () => {
	expect(await verdictsWithoutNginx({})).toEqual({
		'one test (skipped: nginx is not installed)': 'skipped',
		'one suite (skipped: nginx is not installed) of one test': 'skipped',
		'another test': 'passed',
	})
})

it('a test whose need is not there fails in CI', async () => {
	expect(await verdictsWithoutNginx({ CI: 'true' })).toEqual({
		'one test': 'failed',
		'one suite': 'failed',
		'another test': 'passed',
	})
})

interface Report {
	readonly testResults: readonly { readonly assertionResults: readonly { fullName: string; status: string }[] }[]
}

/** Runs the fixture by a vitest of its own, with a PATH on which there is nothing. */
async function verdictsWithoutNginx(env: { CI?: string }): Promise<Record<string, string>> {
	await using folder = await tempDir()
	const config = join(folder.path, 'vitest.config.mjs')
	const test = { include: ['test/support-tests/needs.fixture.ts'] }
	await writeFile(config, `export default ${JSON.stringify({ root: checkout, test })}`)
	const vitest = join(checkout, 'node_modules/vitest/vitest.mjs')
	const args = [vitest, 'run', '--reporter=json', '--config', config]
	const run = promisify(execFile)(process.execPath, args, { cwd: checkout, env: { ...env, PATH: '' } })
	const { stdout } = await run.catch((failed: { stdout: string }) => failed)
	const { testResults } = JSON.parse(stdout) as Report
	const results = testResults.flatMap(file => file.assertionResults)
	return Object.fromEntries(results.map(({ fullName, status }) => [fullName, status]))
}
