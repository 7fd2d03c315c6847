import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { startOrigin } from '../support/origin.ts'
import { startScript } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const library = fileURLToPath(new URL('../../dist/index.js', import.meta.url))
const body = Buffer.from('content')

test('a program that has its file ends, though the server would keep the connection', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	const script = join(folder.path, 'program.mjs')
	await writeFile(
		script,
		`import { download } from ${JSON.stringify(library)}
		const { bytes } = await download(${JSON.stringify(origin.url())}, { to: ${JSON.stringify(`${folder.path}/`)} })
		console.log(bytes)`,
	)

	// An idle connection is kept for 10 s: who waits for it does not end in time.
	const { code, stdout } = await startScript(script, [], { timeoutMs: 8_000 }).result

	expect({ code, stdout }).toEqual({ code: 0, stdout: `${body.length}\n` })
	expect(origin.requests).toHaveLength(1)
})

test('a download that is done can still be iterated: it gives its last snapshot', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	const client = createClient()
	const run = client.download(origin.url(), { to: `${folder.path}/` })
	await run

	const snapshots = []
	for await (const snapshot of run) snapshots.push(snapshot)

	expect(snapshots.at(-1)).toMatchObject({ bytesDone: body.length, bytesTotal: body.length, state: 'ended' })
	await client.close()
})
