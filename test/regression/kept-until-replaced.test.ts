import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Client, createClient } from '../../src/api/client.ts'
import { pseudoRandom } from '../support/body.ts'
import { type Answer, type Origin, type Script, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(6_000_000)
const changed = pseudoRandom(6_000_000, 2)
const bytesLeft = 3_000_000

const notFound: Script = () => ({ status: 404 })
/** Who would go on with the earlier version hears of another one, and then the file is gone. */
const changedThenNotFound: Script = ({ headers }) =>
	headers['if-range'] === undefined ? { status: 404 } : { content: changed }

test.each([
	['a fresh start was asked for', { fresh: true }, notFound],
	['the file has changed', {}, changedThenNotFound],
])(
	'what an earlier run left stays where %s and the server has nothing to replace it with',
	async (_, options, answer) => {
		let script: Script = cutThenNotFound
		await using origin = await startOrigin({ body, answer: (request, n) => script(request, n) })
		await using folder = await tempDir()
		const client = createClient()
		const part = join(folder.path, 'file.bin.part')
		await expectNotFound(client, origin, folder.path)
		const before = { names: readdirSync(folder.path), content: readFileSync(part) }
		expect(before.names).toEqual(['file.bin.part', 'file.bin.part.journal'])

		script = answer
		await expectNotFound(client, origin, folder.path, options)
		expect(readdirSync(folder.path)).toEqual(before.names)
		expect(readFileSync(part).equals(before.content)).toBe(true)

		script = () => undefined
		const { path, resumedFrom } = await client.download(origin.url(), { to: `${folder.path}/` })
		await client.close()
		expect(resumedFrom).toBe(bytesLeft)
		expect(readFileSync(path ?? '').equals(body)).toBe(true)
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
	},
)

function cutThenNotFound(_request: unknown, n: number): Answer {
	return n === 0 ? { cut: { at: bytesLeft, by: 'fin' } } : { status: 404 }
}

async function expectNotFound(client: Client, origin: Origin, folder: string, options: object = {}): Promise<void> {
	const run = client.download(origin.url(), { to: `${folder}/`, connections: 1, ...options })
	await expect(run).rejects.toMatchObject({ code: 'E_HTTP_STATUS', details: { status: 404 } })
}
