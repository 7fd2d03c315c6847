import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { pseudoRandom } from '../support/body.ts'
import { startOrigin } from '../support/origin.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = pseudoRandom(2_000_000)

test('a rate limit is kept, is the verdict, and --explain says why on standard error', async () => {
	// Long enough that the portion which comes at once does not lift the mean to the next unit, 1 MiB/s.
	const threeSeconds = pseudoRandom(3_000_000)
	await using origin = await startOrigin({ body: threeSeconds })
	await using folder = await tempDir()
	const startMs = performance.now()

	const { code, stdout, stderr } = await runCli([origin.url(), '--limit-rate', '1MB', '--explain', '-d', folder.path], {
		env: { NO_COLOR: '1' },
	})

	expect(code, stderr).toBe(0)
	// Three seconds of bytes, of which four tenths of one may come earlier.
	expect(performance.now() - startMs).toBeGreaterThan(2500)
	expect((await readFile(join(folder.path, 'file.bin'))).equals(threeSeconds)).toBe(true)
	expect(stdout).toBe('')
	const [result, ...table] = stderr.trimEnd().split('\n').slice(-15)
	expect(result).toMatch(
		/file\.bin: 2\.9 MiB in .* It came at \d+ KiB\/s: for .* s of .* s the limit of 977 KiB\/s held it back\.$/,
	)
	expect(table.join('\n')).toMatch(
		new RegExp(
			[
				'^  held by            limit',
				'  in all             \\d+ KiB/s, at most 1 connection, 1 request',
				'  waited for server  0\\.\\d s \\(\\d+%\\)',
				'  waited for disk    0\\.\\d s \\(\\d+%\\)',
				'  waited for limit   [12]\\.\\d s \\(\\d+%\\)',
				'  limit              977 KiB/s',
				'  one alone          0\\.0 s \\(0%\\)',
				'  processor          \\d\\.\\d s \\(\\d+%\\)',
				'  refused            0',
				'  retried            0',
				'  reopened           0',
				'  stolen             0',
				'  hedged             0',
				'  in vain            0 B \\(0%\\)$',
			].join('\n'),
		),
	)
})

test('a program changes the limit of its client while downloads run', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()
	const client = createClient({ limitRate: 100_000 })
	const run = client.download(origin.url(), { to: `${folder.path}/` })
	while (run.snapshot().bytesDone < 50_000) await wait(5)
	expect(run.snapshot().bytesDone).toBeLessThan(1_000_000)

	client.setLimitRate(undefined)
	const { durationMs } = await run
	await client.close()

	// At the old limit it would have been 20 s.
	expect(durationMs).toBeLessThan(10_000)
	for (const rate of [0, -1, 1.5, Number.NaN]) expect(() => client.setLimitRate(rate)).toThrow('`bytesPerSecond`')
	expect(() => createClient({ limitRate: 0 })).toThrow('`limitRate`')
})

test('with --json the figures are an event after `done`', async () => {
	await using origin = await startOrigin({ body })
	await using folder = await tempDir()

	const { stdout } = await runCli([origin.url(), '--json', '--explain', '-d', folder.path])

	const events = stdout
		.trim()
		.split('\n')
		.map(line => JSON.parse(line))
	expect(events.slice(-3).map(({ event }) => event)).toEqual(['done', 'explain', 'summary'])
	expect(events.at(-2)).toMatchObject({ id: 1, limitBytesPerSecond: null, refusals: 0, bytesWasted: 0 })
})
