import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { pseudoRandom } from '../support/body.ts'
import { type Script, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(6_000_000)

/** What the first run needs to leave something, and no more. */
const cutThenNotFound: Script = (_, n) => (n === 0 ? { cut: { at: 3_000_000, by: 'fin' } } : { status: 404 })

test.each(['skip', 'error'] as const)(
	'with %s, a name that was taken after an earlier run was broken off is told of before anything is fetched',
	async ifExists => {
		let script: Script = cutThenNotFound
		await using origin = await startOrigin({ body, answer: (request, n) => script(request, n) })
		await using folder = await tempDir()
		const client = createClient()
		const to = `${folder.path}/`
		await expect(client.download(origin.url(), { to, connections: 1 })).rejects.toMatchObject({ code: 'E_HTTP_STATUS' })
		const left = readdirSync(folder.path)
		expect(left).toContain('file.bin.part.journal')

		script = () => undefined
		writeFileSync(join(folder.path, 'file.bin'), 'of another')
		const second = client.download(origin.url(), { to, ifExists })
		if (ifExists === 'skip') expect(await second).toMatchObject({ skipped: true, bytes: 10 })
		else await expect(second).rejects.toMatchObject({ code: 'E_EXISTS' })
		expect(readFileSync(join(folder.path, 'file.bin'), 'utf8')).toBe('of another')
		expect(readdirSync(folder.path).sort()).toEqual(['file.bin', ...left].sort())

		const { path, resumedFrom } = await client.download(origin.url(), { to })
		await client.close()
		expect(path).toBe(join(folder.path, 'file.1.bin'))
		expect(resumedFrom).toBeGreaterThan(0)
		expect(readFileSync(path as string).equals(body)).toBe(true)
	},
)
