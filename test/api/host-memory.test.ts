import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cacheFolder } from '../../src/api/cache-folder.ts'
import { pseudoRandom } from '../support/body.ts'
import { startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

afterEach(() => {
	vi.unstubAllEnvs()
	vi.resetModules()
})

describe('what is not needed is kept', () => {
	test.each<[string, Record<string, string | undefined>, string | undefined]>([
		['where XDG_CACHE_HOME says', { XDG_CACHE_HOME: '/caches', HOME: '/home/me' }, '/caches'],
		['in the home folder without it', { XDG_CACHE_HOME: undefined, HOME: '/home/me' }, '/home/me/.cache'],
		['in the home folder where it is empty', { XDG_CACHE_HOME: '', HOME: '/home/me' }, '/home/me/.cache'],
		['in the home folder where it is relative', { XDG_CACHE_HOME: 'here', HOME: '/home/me' }, '/home/me/.cache'],
		['nowhere without a home', { XDG_CACHE_HOME: undefined, HOME: undefined }, undefined],
		['nowhere where that is relative', { XDG_CACHE_HOME: undefined, HOME: 'home' }, undefined],
	])('%s', (_, environment, folder) => {
		for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
		expect(cacheFolder()).toBe(folder)
	})
})

const body = pseudoRandom(8_000_000)
const manner = { body, bytesPerSecond: 1_000_000, maxConnections: 4 }

/** As a new process would: nothing is left of what was learned but what is on the disk. */
async function downloadAnew(
	url: string,
	to: string,
	{ hostMemory = true, connections = 'auto' as 'auto' | number } = {},
) {
	vi.resetModules()
	const { createClient } = await import('../../src/api/client.ts')
	const client = createClient({ hostMemory })
	try {
		return await client.download(url, { to, connections })
	} finally {
		await client.close()
	}
}

describe('a host that takes four connections', () => {
	test('is asked by four at once in the next run, and the file that says so has its name and numbers alone', async () => {
		await using origin = await startOrigin(manner)
		await using folder = await tempDir()
		vi.stubEnv('XDG_CACHE_HOME', join(folder.path, 'cache'))
		const url = `${origin.url().replace('//', '//user:secret@')}?token=secret`

		const first = await downloadAnew(url, join(folder.path, 'first'), { connections: 8 })
		const next = await downloadAnew(url, join(folder.path, 'next'))

		expect(first.connectionsPeak).toBe(8)
		expect(next.connectionsPeak).toBe(4)
		expect(body.equals(await readFile(join(folder.path, 'next')))).toBe(true)
		const kept = await readFile(join(folder.path, 'cache', 'skein', 'hosts.jsonl'), 'utf8')
		expect(JSON.parse(kept)).toMatchObject({ host: `127.0.0.1:${origin.port}`, cap: { connections: 4 } })
		expect(kept).not.toContain('secret')
	})

	test('is forgotten where that is wanted', async () => {
		await using origin = await startOrigin({ ...manner, body: body.subarray(0, 3_000_000) })
		await using folder = await tempDir()
		vi.stubEnv('XDG_CACHE_HOME', join(folder.path, 'cache'))
		await downloadAnew(origin.url(), join(folder.path, 'first'), { hostMemory: false })
		expect(await readdir(folder.path)).toEqual(['first'])
	})

	test('is downloaded from where nothing can be kept', async () => {
		await using origin = await startOrigin({ ...manner, body: body.subarray(0, 3_000_000) })
		await using folder = await tempDir()
		const noFolder = join(folder.path, 'no-folder')
		await writeFile(noFolder, '')
		vi.stubEnv('XDG_CACHE_HOME', noFolder)
		await downloadAnew(origin.url(), join(folder.path, 'first'))
		expect(body.subarray(0, 3_000_000).equals(await readFile(join(folder.path, 'first')))).toBe(true)
		expect(await readFile(noFolder, 'utf8')).toBe('')
	})
})
