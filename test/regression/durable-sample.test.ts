import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { readJournal } from '../../src/journal/read.ts'
import { RangeSet } from '../../src/model/range-set.ts'
import { pseudoRandom } from '../support/body.ts'
import { type Answer, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(6_000_000)
const bytesOfRun = 2_000_000

// What one run recorded the next one compacts: its checksums must outlive that.
test.each([1, 2])('durable bytes that %i runs left and that became zeros are noticed and fetched again', async runs => {
	let answerTo: () => Answer = () => ({})
	await using origin = await startOrigin({ body, answer: () => answerTo() })
	await using folder = await tempDir()
	const to = join(folder.path, 'file.bin')
	const client = createClient()

	for (let run = 0; run < runs; run++) {
		const stop = new AbortController()
		answerTo = cutThenStopped(stop)
		const stopped = client.download(origin.url(), { to, connections: 1, signal: stop.signal })
		await expect(stopped).rejects.toMatchObject({ code: 'E_ABORTED' })
	}
	answerTo = () => ({})
	expect(await zeroDurable(`${to}.part`)).toBe(runs * bytesOfRun)
	const { resumedFrom } = await client.download(origin.url(), { to, connections: 1 })
	await client.close()

	expect((await readFile(to)).equals(body)).toBe(true)
	expect(resumedFrom).toBe(0)
})

/** The first answer breaks off; when the rest is asked for, all that came is written, and the download is stopped. */
function cutThenStopped(stop: AbortController): () => Answer {
	let requests = 0
	return () => {
		requests += 1
		if (requests === 1) return { cut: { at: bytesOfRun, by: 'fin' } }
		stop.abort()
		return { hang: true }
	}
}

/** Overwrites in place all that the journal calls durable, and says how much that was. */
async function zeroDurable(part: string): Promise<number> {
	const { records = [] } = (await readJournal(createSystemDisk(), `${part}.journal`)) ?? {}
	const durable = new RangeSet(records.filter(({ kind }) => kind === 'durable').map(({ range }) => range))
	const file = await open(part, 'r+')
	for (const { start, end } of durable.ranges) await file.write(Buffer.alloc(end - start), 0, end - start, start)
	await file.close()
	return durable.bytes
}
