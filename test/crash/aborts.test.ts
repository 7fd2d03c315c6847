import { readdirSync, readlinkSync } from 'node:fs'
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Client, createClient } from '../../src/api/client.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { readJournal } from '../../src/journal/read.ts'
import { pseudoRandom } from '../support/body.ts'
import { certificates } from '../support/certificates.ts'
import { type Origin, startOrigin } from '../support/origin.ts'
import { seeded } from '../support/seeded.ts'
import { tempDir } from '../support/temp-dir.ts'

const rounds = 500
const filesAtOnce = 6
/** Just above what is downloaded without a journal, so that every round leaves something to look at. */
const bodies = Array.from({ length: filesAtOnce }, (_, number) => pseudoRandom(4_500_000 + number, number + 1))

test('downloads that are aborted at any moment leave no byte in a file of another, no socket and no descriptor', async () => {
	const { ca, cert, key } = await certificates()
	const body = ({ path }: { path: string }) => ({ content: bodies[Number(path.slice(1))] as Buffer })
	await using plain = await startOrigin({ body: bodies[0] as Buffer, answer: body })
	await using secure = await startOrigin({ body: bodies[0] as Buffer, answer: body, tls: { cert, key } })
	await using folder = await tempDir()
	const random = seeded(5)
	const client = createClient({ ca })
	const descriptorsBefore = openDescriptors(folder.path)
	let aborted = 0

	for (let round = 0; round < rounds; round += 1) {
		const runs = bodies.map((_, number) =>
			start(client, number % 2 === 0 ? plain : secure, number, folder.path, random),
		)
		const outcomes = await Promise.all(runs)
		aborted += outcomes.filter(outcome => outcome === 'aborted').length
		if (round % 10 === 0) await expectOnlyOwnBytes(folder.path)
	}
	await expectOnlyOwnBytes(folder.path)
	await client.close()

	expect(aborted).toBeGreaterThan(rounds)
	await gone(plain)
	await gone(secure)
	expect(openDescriptors(folder.path)).toEqual(descriptorsBefore)
}, 180_000)

async function start(
	client: Client,
	origin: Origin,
	number: number,
	folder: string,
	random: () => number,
): Promise<string> {
	const abort = new AbortController()
	const to = join(folder, `${number}.bin`)
	const run = client.download(origin.url(`/${number}`), {
		to,
		signal: abort.signal,
		connections: 3,
		ifExists: 'overwrite',
	})
	const timer = setTimeout(() => abort.abort(), random() * 60)
	try {
		await run
		expect((await readFile(to)).equals(bodies[number] as Buffer)).toBe(true)
		return 'done'
	} catch (error) {
		expect(error).toMatchObject({ code: 'E_ABORTED' })
		return 'aborted'
	} finally {
		clearTimeout(timer)
	}
}

/** All that a journal says is there must be what its own origin sent. */
async function expectOnlyOwnBytes(folder: string): Promise<void> {
	for (const name of (await readdir(folder)).filter(entry => entry.endsWith('.journal'))) {
		const state = await readJournal(createSystemDisk(), join(folder, name))
		const part = await open(join(folder, name.replace('.journal', '')))
		const body = bodies[Number(name.split('.')[0])] as Buffer
		for (const { range } of state?.records ?? []) {
			const bytes = Buffer.alloc(range.end - range.start)
			await part.read(bytes, 0, bytes.length, range.start)
			expect(bytes.equals(body.subarray(range.start, range.end))).toBe(true)
		}
		await part.close()
	}
}

/** The descriptors of this process that are files in the folder, or sockets. */
function openDescriptors(folder: string): { files: number; sockets: number } {
	const targets = readdirSync('/proc/self/fd').map(number => {
		try {
			return readlinkSync(`/proc/self/fd/${number}`)
		} catch {
			// The descriptor by which the list itself was read.
			return ''
		}
	})
	return {
		files: targets.filter(target => target.startsWith(folder)).length,
		sockets: targets.filter(target => target.startsWith('socket:')).length,
	}
}

async function gone(origin: Origin): Promise<void> {
	while (origin.connectionsOpen > 0) await wait(5)
}
