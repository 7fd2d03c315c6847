import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import {
	cutEvery,
	forPath,
	ignoreRanges,
	quarterOf503,
	redirectTo,
	together,
	withoutLength,
} from '../support/origin/scripts.ts'
import { type OriginOptions, startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(16_000_000)

const servers: readonly [
	behaviour: string,
	options: Omit<OriginOptions, 'body'> & { body?: Uint8Array },
	args?: string[],
][] = [
	['behaves', {}],
	['sends no ranges', { answer: ignoreRanges() }],
	['says no length, in chunks', { answer: together(ignoreRanges(), withoutLength('chunked')) }],
	['says no length, and closes', { answer: together(ignoreRanges(), withoutLength('close')) }],
	['cuts every 3 MB by FIN', { answer: cutEvery(3_000_000, 'fin') }],
	['cuts every 3 MB by RST', { answer: cutEvery(3_000_000, 'rst') }],
	['answers a quarter of requests with 503', { answer: together(cutEvery(3_000_000), quarterOf503(7)) }],
	['redirects', { answer: (request, n) => forPath('/file.bin', redirectTo('/elsewhere/real.bin', 307))(request, n) }],
	['has an empty file', { body: new Uint8Array() }],
	['has an empty file and ignores ranges', { body: new Uint8Array(), answer: ignoreRanges() }],
	['has a file of one byte', { body: Uint8Array.of(42) }],
]

test.each(servers)('a server that %s gives the right bytes', async (behaviour, options) => {
	const content = options.body ?? body
	await using origin = await startOrigin({ ...options, body: content })
	await using folder = await tempDir()

	const { code, stderr } = await runCli([origin.url(), '-o', 'got', '-x', '8', '-d', folder.path])

	expect(stderr).not.toContain('E_')
	expect(code, stderr).toBe(0)
	expect((await readFile(join(folder.path, 'got'))).equals(content), behaviour).toBe(true)
})
