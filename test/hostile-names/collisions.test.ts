import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type Client, createClient } from '../../src/api/client.ts'
import type { DownloadOptions } from '../../src/api/options.ts'
import { isDownloadError } from '../../src/base/errors.ts'
import { pseudoRandom } from '../support/body.ts'
import { startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Large enough for a journal. */
const mine = pseudoRandom(5_000_000)
const theirs = pseudoRandom(5_000_000, 2)

const ends = [
	'.part',
	'.part.journal',
	'.part.journal.new',
	'.part.orphan',
	'.part.journal.orphan',
	'.1.part',
	'.1.part.journal',
]
const cases = ends.flatMap(end => (['rename', 'overwrite'] as const).map(ifExists => [end, ifExists] as const))

test.concurrent.each(cases)(
	'a stranger who calls a file data.bin%s (%s) costs the download of data.bin no byte, running or stopped',
	async (end, ifExists) => {
		await using origin = await startOrigin({
			body: mine,
			bytesPerSecond: 80e6,
			answer: ({ path }) => (path === '/data.bin' ? undefined : { content: theirs }),
		})
		await using folder = await tempDir()
		const client = createClient()
		const options: DownloadOptions = { to: `${folder.path}/`, ifExists, connections: 2 }
		const fetch = (name: string, signal = new AbortController().signal): Promise<string> =>
			pathOf(client, origin.url(`/${name}`), { ...options, signal })

		const both = await Promise.all([fetch('data.bin'), fetch(`data.bin${end}`)])
		await expectWhole(both)

		const stop = new AbortController()
		const stopped = fetch('data.bin', stop.signal)
		const sent = origin.bytesSent
		const watch = setInterval(() => origin.bytesSent - sent > 1_500_000 && stop.abort(), 2)
		expect(await stopped).toMatch(/E_ABORTED|data/)
		clearInterval(watch)
		const after = await fetch(`data.bin${end}`)
		await expectWhole([await fetch('data.bin'), after])
		await client.close()
	},
)

/** Where it is; else how it ended. */
async function pathOf(client: Client, url: string, options: DownloadOptions): Promise<string> {
	try {
		return String((await client.download(url, options)).path)
	} catch (error) {
		if (isDownloadError(error)) return error.code
		throw error
	}
}

/** The first is ours and the second theirs, each under its own name. */
async function expectWhole([ours = '', their = '']: readonly string[]): Promise<void> {
	expect(ours).toMatch(/\/data(\.\d+)?\.bin$/)
	expect(their).toMatch(/\/data/)
	expect((await readFile(ours)).equals(mine)).toBe(true)
	expect((await readFile(their)).equals(theirs)).toBe(true)
}
