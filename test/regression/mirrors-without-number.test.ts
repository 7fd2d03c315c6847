import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Mirror } from '../../src/engine/spec.ts'
import type { Digest } from '../../src/model/digest.ts'
import { plainSpec } from '../support/plain-spec.ts'
import type { Script } from '../support/scripted/server.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

const file = version(16_000_000)
const value = createHash('sha256').update(file.body).digest('hex')
const checksum: Digest = { algorithm: 'sha-256', value, source: 'caller' }

const at = (host: string, path: number): Mirror => {
	const url = new URL(`http://${host}/${path}`)
	return { url, asking: { ...plainSpec.asking, headersOrigin: url.origin } }
}
const numbers = Array.from({ length: 60 }, (_, index) => index)

test('sixty addresses of one host are asked for as much as four of them would be', async () => {
	const world = new World({ version: file, mirrors: { 'mirror.test': { version: file } } })
	const mirrors = numbers.map(path => at('mirror.test', path))

	const result = expectBytes(await runToEnd(world, { connections: 'auto', checksum, mirrors }), file)

	const paths = new Set(world.mirrors.get('mirror.test')?.asked.map(({ url }) => url.pathname))
	expect(paths.size).toBe(4)
	expect(result.connectionsPeak).toBeGreaterThan(4)
})

const hosts = numbers.map(number => `mirror${number}.test`)
const mirrors = hosts.map(host => at(host, 0))

/** The most mirrors that were being compared or used at once, and how many were asked in all. */
async function askedOf(script: Script): Promise<{ hosts: number; durationMs: number }> {
	const world = new World({
		version: file,
		mirrors: Object.fromEntries(hosts.map(host => [host, { version: file, script }])),
	})
	const { durationMs } = expectBytes(await runToEnd(world, { connections: 4, checksum, mirrors }), file)
	return { hosts: [...world.mirrors.values()].filter(({ asked }) => asked.length > 0).length, durationMs }
}

test('of sixty mirrors no more are asked than there are connections for', async () => {
	expect((await askedOf((_, right) => right)).hosts).toBe(3)
})

test('in the place of a mirror that is of no use another is asked', async () => {
	const { hosts, durationMs } = await askedOf((asked, right) =>
		/[0-7]\.test/.test(asked.url.host) ? { ...right, status: 404 } : right,
	)
	expect(hosts).toBeGreaterThan(3)
	expect(durationMs).toBeLessThan(5500)
})

test('mirrors that do not answer keep others waiting for two seconds at the most', async () => {
	const { hosts } = await askedOf((asked, right) =>
		/mirror[0-2]\.test/.test(asked.url.host) ? { ...right, headAfterMs: Number.POSITIVE_INFINITY } : right,
	)
	expect(hosts).toBe(6)
})
