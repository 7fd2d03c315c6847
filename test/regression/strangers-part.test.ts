import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

test.each([[['file.bin.part']], [['file.bin.part', 'file.bin.part.journal']]])(
	'a file of another program under the name of a .part (%j) is as it was after a download that found nothing',
	async names => {
		await using origin = await startOrigin({ body: Buffer.from('content'), answer: () => ({ status: 404 }) })
		await using folder = await tempDir()
		const paths = names.map(name => join(folder.path, name))
		for (const path of paths) writeFileSync(path, 'another program is at work here')
		const before = paths.map(path => statSync(path, { bigint: true }))
		const client = createClient()

		const run = client.download(origin.url(), { to: `${folder.path}/` })
		const events: string[] = []
		run.onEvent(({ event }) => events.push(event))
		await expect(run).rejects.toMatchObject({ code: 'E_HTTP_STATUS', details: { status: 404 } })
		await client.close()

		expect(events).toEqual(['failed'])
		expect(readdirSync(folder.path)).toEqual(names)
		for (const [index, path] of paths.entries()) {
			expect(readFileSync(path, 'utf8')).toBe('another program is at work here')
			expect(statSync(path, { bigint: true }).mtimeNs).toBe(before[index]?.mtimeNs)
		}
	},
)
