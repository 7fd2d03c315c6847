import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(4_000_000)

test.each(['1', '4', '8', 'auto'])(
	'a file by %s connections is right, and little more than the file comes in',
	async count => {
		await using origin = await startOrigin({ body, bytesPerSecond: 1_000_000 })
		await using folder = await tempDir()

		const { code, stdout } = await runCli([origin.url(), '-x', count, '-d', folder.path, '--json'])

		const events = stdout
			.trim()
			.split('\n')
			.map(line => JSON.parse(line))
		const done = events.find(({ event }) => event === 'done')
		expect(code).toBe(0)
		if (count !== 'auto') expect(origin.connectionsPeak).toBe(Number(count))
		expect(done.connectionsPeak).toBe(origin.connectionsPeak)
		expect(done.requests).toBe(origin.requests.length)
		expect(done.bytesReceived).toBeLessThanOrEqual(body.length * 1.02)
		expect((await readFile(join(folder.path, 'file.bin'))).equals(body)).toBe(true)
	},
)
