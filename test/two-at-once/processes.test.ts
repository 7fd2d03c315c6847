import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { type Need, needs } from '../support/needs.ts'
import { startOrigin } from '../support/origin.ts'
import { type RunningCli, startCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'
import { fetchHere, large, untilSent } from './bench.ts'

const slowly = { body: large, bytesPerSecond: 400_000 }
const contents = (folder: string, name = 'file.bin'): Buffer => readFileSync(join(folder, name))

function fetchElsewhere(url: string, folder: string, ...options: readonly string[]): RunningCli {
	return startCli([url, '-d', folder, '-x', '4', '--min-split', '64K', '-q', ...options])
}

describe.concurrent('two processes', () => {
	test('on one URL: the second is told E_LOCKED, and the first has its file', async () => {
		await using folder = await tempDir()
		await using origin = await startOrigin(slowly)
		await using first = fetchElsewhere(origin.url(), folder.path)
		await untilSent(origin, 500_000)
		expect(await fetchHere(origin.url(), { to: `${folder.path}/` })).toEqual({ code: 'E_LOCKED' })
		expect(await first.result).toMatchObject({ code: 0, stderr: '' })
		expect(contents(folder.path).equals(large)).toBe(true)
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
	})

	test('on two URLs of one name: the second takes the next name, and both are whole', async () => {
		await using folder = await tempDir()
		const other = pseudoRandom(5_000_000, 2)
		await using origin = await startOrigin({
			...slowly,
			body: [large, other],
			answer: ({ path }) => (path.startsWith('/other') ? { version: 1 } : undefined),
		})
		await using first = fetchElsewhere(origin.url(), folder.path)
		await untilSent(origin, 500_000)
		const second = await fetchHere(origin.url('/other/file.bin'), { to: `${folder.path}/` })
		expect(second).toMatchObject({ code: 'right', path: join(folder.path, 'file.1.bin') })
		expect(await first.result).toMatchObject({ code: 0, stderr: '' })
		expect(contents(folder.path).equals(large)).toBe(true)
		expect(contents(folder.path, 'file.1.bin').equals(other)).toBe(true)
		expect(readdirSync(folder.path)).toEqual(['file.1.bin', 'file.bin'])
	})

	test('on one small URL, which has no journal to say whose it is: two whole files', async () => {
		await using folder = await tempDir()
		const small = pseudoRandom(500_000)
		await using origin = await startOrigin({ body: small, bytesPerSecond: 100_000 })
		await using first = fetchElsewhere(origin.url(), folder.path)
		await untilSent(origin, 50_000)
		const second = await fetchHere(origin.url(), { to: `${folder.path}/` })
		expect(second).toMatchObject({ code: 'right', path: join(folder.path, 'file.1.bin') })
		expect(await first.result).toMatchObject({ code: 0, stderr: '' })
		expect(readdirSync(folder.path)).toEqual(['file.1.bin', 'file.bin'])
		for (const name of readdirSync(folder.path)) expect(contents(folder.path, name).equals(small)).toBe(true)
	})

	test('of which the first is stopped for longer than its stall timeout: it fails nothing, and has its file', async () => {
		await using folder = await tempDir()
		await using origin = await startOrigin(slowly)
		await using first = fetchElsewhere(origin.url(), folder.path, '--stall-timeout', '1', '--retries', '0')
		await untilSent(origin, 500_000)
		first.child.kill('SIGSTOP')
		await setTimeout(2500)
		const asked = origin.requests.length
		expect(await fetchHere(origin.url(), { to: `${folder.path}/` })).toEqual({ code: 'E_LOCKED' })
		first.child.kill('SIGCONT')
		expect(await first.result).toMatchObject({ code: 0, stderr: '' })
		expect(contents(folder.path).equals(large)).toBe(true)
		// Connections that live are gone on with; a steal or two at the end may ask for more.
		expect(origin.requests.length - asked).toBeLessThanOrEqual(8)
	})

	test('of which the first is killed: the second, refused before, goes on where it was', async () => {
		await using folder = await tempDir()
		await using origin = await startOrigin({ ...slowly, bytesPerSecond: 700_000 })
		await using first = fetchElsewhere(origin.url(), folder.path)
		await untilSent(origin, 2_500_000)
		expect(await fetchHere(origin.url(), { to: `${folder.path}/` })).toEqual({ code: 'E_LOCKED' })
		const closed = once(first.child, 'close')
		first.child.kill('SIGKILL')
		await closed
		const second = await fetchHere(origin.url(), { to: `${folder.path}/` })
		expect(second).toMatchObject({ code: 'right', path: join(folder.path, 'file.bin') })
		expect(second.resumedFrom).toBeGreaterThan(1_000_000)
		expect(contents(folder.path).equals(large)).toBe(true)
		expect(readdirSync(folder.path)).toEqual(['file.bin'])
	})
})

const lockAcrossNetworks: Need = 'flock'
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Each network name space has abstract sockets of its own: there `flock` alone tells. */
describe.runIf(mayIsolate())('a process in another network name space', () => {
	needs(lockAcrossNetworks)('that is given the same URL is told E_LOCKED', async () => {
		await using folder = await tempDir()
		await using origin = await startOrigin(slowly)
		const first = fetchHere(origin.url(), { to: `${folder.path}/` })
		await untilSent(origin, 500_000)
		expect(isolated(origin.url(), '-d', folder.path, '--json', '--retries', '0')).toContain('"code":"E_LOCKED"')
		expect(await first).toMatchObject({ code: 'right' })
		expect(contents(folder.path).equals(large)).toBe(true)
	})
})

function mayIsolate(): boolean {
	try {
		execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' })
		return true
	} catch {
		return false
	}
}

/** What the command says where no network reaches it. */
function isolated(...args: readonly string[]): string {
	const shell = 'unshare -n "$0" "$@" 2>&1 || true'
	return execFileSync('sh', ['-c', shell, process.execPath, main, ...args], { encoding: 'utf8' })
}
