import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tempDir } from './support/temp-dir.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Each a statement of its own, on one line. */
const touching: readonly string[] = [
	'export const a = Date.now()',
	'export const a = [1].map(Date.now)',
	'export const a = Date()',
	'export const a = new Date()',
	'export const a = new Date',
	"export const a = Date['now']()",
	'export const { now } = Date',
	'export const a = performance.now()',
	'export const a = performance.timeOrigin',
	'export const a = process.hrtime()',
	'export const a = process.hrtime.bigint()',
	'export const a = process.uptime()',
	'setTimeout(() => {}, 5)',
	'globalThis.setTimeout(() => {}, 5)',
	'export const a = (socket: Socket) => socket.setTimeout(5)',
	'setInterval(() => {}, 5)',
	'setImmediate(() => {})',
	'export const a = AbortSignal.timeout(5)',
	'export const a = Math.random()',
	'export const a = [1].map(Math.random)',
	"export const a = Math['random']()",
	'export const { random } = Math',
	'export const a = crypto.randomUUID()',
	'export const a = crypto.getRandomValues(new Uint8Array(1))',
	"import { setTimeout } from 'node:timers'",
	"import * as timers from 'node:timers'",
	"import { setTimeout as wait } from 'node:timers/promises'",
	"export const a = await import('node:timers/promises')",
	"import { performance } from 'node:perf_hooks'",
	"import { hrtime } from 'node:process'",
	"import { randomUUID } from 'node:crypto'",
	"import { randomBytes, createHash } from 'node:crypto'",
	"import { randomInt as draw } from 'node:crypto'",
	"import { webcrypto } from 'node:crypto'",
	"import * as crypto from 'node:crypto'",
	"import crypto from 'node:crypto'",
]

const free: readonly string[] = [
	'export const a = new Date(5)',
	'export const a = Date.UTC(2020, 1)',
	"export const a = Date.parse('2020-01-01')",
	'export const a = Math.max(1, 2)',
	"import { createHash } from 'node:crypto'",
	"import process from 'node:process'",
]

test('nothing under src/ but api/system.ts touches real time or chance, in whatever form', async () => {
	await using folder = await tempDir()
	for (const name of ['biome.json', 'lint']) await cp(join(root, name), join(folder.path, name), { recursive: true })
	await mkdir(join(folder.path, 'src', 'api'), { recursive: true })
	const statements = [...touching, ...free]
	const files = statements.map((statement, index) => ({ statement, path: `src/${index}.ts` }))
	for (const { statement, path } of files) await writeFile(join(folder.path, path), `${statement}\n`)
	await writeFile(join(folder.path, 'src', 'api', 'system.ts'), touching.join('\n'))

	const refused = await filesRefusedIn(folder.path)

	expect(files.filter(({ path }) => refused.has(path)).map(({ statement }) => statement)).toEqual(touching)
	expect(refused.has('src/api/system.ts')).toBe(false)
})

interface Report {
	readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[]
}

/** By the rules on time and chance; what else is wrong with a planted line is no matter here. */
async function filesRefusedIn(folder: string): Promise<ReadonlySet<string>> {
	const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
	const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.']
	const output = await new Promise<string>(resolve => {
		execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 24 }, (_, stdout) => resolve(stdout))
	})
	const { diagnostics } = JSON.parse(output) as Report
	const refusals = diagnostics.filter(({ category }) => /^(plugin|lint\/style\/noRestricted\w+)$/.test(category))
	return new Set(refusals.map(({ location }) => location.path))
}
