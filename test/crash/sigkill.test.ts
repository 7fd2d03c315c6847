import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { type Origin, startOrigin } from '../support/origin.ts'
import { startCli } from '../support/run-cli.ts'
import { seeded } from '../support/seeded.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(72_000_000)
const connections = 8
const bytesPerSecond = 1_000_000
const kills = 10
/** The law: 64 KiB and 300 ms of its rate, for each connection and kill. */
const lossBytes = 64 * 1024 + 0.3 * bytesPerSecond
/** Paced in writes of about 10 ms, a socket holds a few of them; a busy machine doubles that. */
const inSocketBytes = 50_000

test('ten kills cost at most a moment of each connection, and never the file', async () => {
	await using origin = await startOrigin({ body, bytesPerSecond })
	await using folder = await tempDir()
	const args = [origin.url(), '-x', String(connections), '-d', folder.path, '--json']
	const random = seeded(11)

	for (let kill = 0; kill < kills; kill += 1) {
		await using running = startCli(args)
		await sent(origin, origin.bytesSent + (0.2 + 0.8 * random()) * (body.length / (kills + 1)))
		running.child.kill('SIGKILL')
		const { signal, stdout } = await running.result
		expect(signal).toBe('SIGKILL')
		const resumedFrom = JSON.parse(stdout.split('\n')[0] ?? '').resumedFrom
		expect(resumedFrom > 0).toBe(kill > 0)
	}
	await using last = startCli(args, { timeoutMs: 60_000 })
	expect((await last.result).code).toBe(0)

	expect((await readFile(join(folder.path, 'file.bin'))).equals(body)).toBe(true)
	const twice = origin.bytesSent - body.length
	expect(twice).toBeLessThanOrEqual(kills * connections * (lossBytes + inSocketBytes))
}, 120_000)

async function sent(origin: Origin, bytes: number): Promise<void> {
	while (origin.bytesSent < bytes) await wait(5)
}
