import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { pseudoRandom, sha256 } from '../support/body.ts'
import { startOrigin } from '../support/origin.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(6_000_000)

const eventsOf = (stdout: string) =>
	stdout
		.trim()
		.split('\n')
		.map(line => JSON.parse(line))

test('standard output gets the bytes in order, though several connections bring them', async () => {
	await using origin = await startOrigin({ body, bytesPerSecond: 2_000_000 })

	const { code, stdoutBytes, stderr } = await runCli([origin.url(), '-o', '-', '-x', '4'])

	expect(code, stderr).toBe(0)
	expect(stdoutBytes.equals(body)).toBe(true)
	expect(origin.connectionsPeak).toBe(4)
})

test.each([
	['SIGINT', 130],
	['SIGTERM', 143],
] as const)('%s stops cleanly, and the same command goes on from there', async (signal, exitCode) => {
	await using origin = await startOrigin({ body, bytesPerSecond: 1_000_000 })
	await using folder = await tempDir()
	const args = [origin.url(), '-x', '2', '-d', folder.path, '--json']
	await using running = startCli(args)
	while (origin.bytesSent < 2_000_000) await wait(5)
	running.child.kill(signal)
	const stopped = await running.result

	expect(stopped.code, stopped.stderr).toBe(exitCode)
	expect(eventsOf(stopped.stdout).map(({ event }) => event)).toContain('failed')

	const { code, stdout } = await runCli(args)
	const [probed] = eventsOf(stdout)
	expect(code).toBe(0)
	expect(probed).toMatchObject({ event: 'probed', bytes: body.length, ranges: true, validator: 'etag' })
	expect(probed.resumedFrom).toBeGreaterThan(1_500_000)
	expect((await readFile(join(folder.path, 'file.bin'))).equals(body)).toBe(true)
})

test('a list of files is downloaded, each under its name, and the others go on when one fails', async () => {
	await using origin = await startOrigin({
		body,
		answer: ({ path }) => (path === '/missing' ? { status: 404, body: 'no' } : undefined),
	})
	await using folder = await tempDir()
	const list = join(folder.path, 'list.txt')
	await writeFile(
		list,
		`# two of three\n${origin.url('/a.bin')}\n${origin.url('/missing')}\n\n${origin.url('/b.bin')}\n`,
	)

	const { code, stdout } = await runCli(['-i', list, '-j', '2', '-d', folder.path, '--json'])

	expect(code).toBe(4)
	const events = eventsOf(stdout)
	expect(events.find(({ event }) => event === 'failed')).toMatchObject({ id: 2, code: 'E_HTTP_STATUS' })
	expect(events.at(-1)).toMatchObject({ event: 'summary', done: 2, failed: 1, bytes: 2 * body.length })
	for (const name of ['a.bin', 'b.bin']) expect((await readFile(join(folder.path, name))).equals(body)).toBe(true)
})

test('a file is verified while it comes, and says by what', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	const digest = sha256(body)

	const { stdout } = await runCli([origin.url(), '--checksum', `sha256=${digest}`, '-d', folder.path, '--json'])

	const done = eventsOf(stdout).find(({ event }) => event === 'done')
	expect(done.verified).toEqual([{ algorithm: 'sha-256', value: digest, source: 'caller' }])
	const path = join(folder.path, 'file.bin')
	expect((await runCli(['verify', path, '--checksum', `sha256=${digest}`])).code).toBe(0)
	expect((await runCli(['verify', path, '--checksum', `sha256=${'0'.repeat(64)}`])).code).toBe(7)
})

test('a probe says what the server offers and downloads nothing', async () => {
	await using origin = await startOrigin({
		body: { body, headers: { 'Content-Disposition': 'attachment; filename="real name.bin"' } },
	})

	const { code, stdout } = await runCli(['probe', origin.url(), '--json'])

	expect(code).toBe(0)
	const [probed, offer] = eventsOf(stdout)
	expect(probed).toMatchObject({ event: 'probed', bytes: body.length, ranges: true, validator: 'etag' })
	expect(offer).toMatchObject({ name: 'real name.bin' })
	expect(origin.requests).toHaveLength(1)
})
