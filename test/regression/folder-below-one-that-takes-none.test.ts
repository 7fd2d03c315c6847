import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'

test.skipIf(!existsSync('/proc/self'))(
	'a folder below one that says ENOENT to every name is E_IO, not an endless loop',
	async () => {
		await using origin = await startOrigin({ body: Buffer.from('content') })

		const { code, stderr } = await runCli([origin.url(), '-d', '/proc/nobody/has/this', '-q'])

		expect(code).toBe(8)
		expect(stderr).toContain('/proc/nobody')
	},
)
