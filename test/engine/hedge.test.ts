import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Digest } from '../../src/model/digest.ts'
import { plainSpec } from '../support/plain-spec.ts'
import { statusReply } from '../support/scripted/server.ts'
import { expectBytes, runToEnd, version, World, type WorldOptions } from '../support/scripted/world.ts'

const MB = 1_000_000
const file = version(8 * MB)
const bytes = file.body.length
/** By then three of four lanes are done, or nearly. */
const lateMs = 1900

type Script = NonNullable<WorldOptions['script']>

/** Four lanes, of which the second falls silent shortly before its end. */
function worldWith(then: Script = (_, right) => right, more: Partial<WorldOptions> = {}): World {
	const script: Script = (asked, right) => {
		if (asked.nth === 2) return { ...right, stallsAt: right.body.length - 100_000 }
		return asked.atMs > lateMs ? then(asked, right) : right
	}
	return new World({ version: file, script, blockBytes: 64 * 1024, ...more })
}

/** The requests that race for the last bytes of the second lane. */
const racesIn = ({ server }: World) =>
	server.asked.filter(({ atMs, range }) => atMs > lateMs && range?.end === server.asked[1]?.range?.end)

describe('the last bytes of a lane that falls silent', () => {
	test('are fetched by a second connection, long before the lane is given up', async () => {
		const world = worldWith()
		const result = expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(racesIn(world)).toHaveLength(1)
		expect(result.explanation).toMatchObject({ hedged: 1, retries: 0 })
		expect(result.durationMs).toBeLessThan(2900)
		expect(result.bytesReceived).toBeLessThanOrEqual(1.02 * bytes)
	})

	test.each<[string, Script]>([
		['is refused', (_, right) => statusReply(right, 503)],
		['never gets an answer', (_, right) => ({ ...right, headAfterMs: Number.POSITIVE_INFINITY })],
		['falls silent too', (_, right) => ({ ...right, stallsAt: 50_000 })],
		['is cut', (_, right) => ({ ...right, cutAt: 50_000 })],
		['gets another part', (_, right) => ({ ...right, fields: { ...right.fields, 'content-range': 'bytes 0-9/10' } })],
		['gets a part of no length of its own', (_, right) => ({ ...right, framing: 'chunked' as const })],
		['gets another version', (_, right) => ({ ...right, fields: { ...right.fields, etag: '"other"' } })],
	])('come from elsewhere where the second connection %s, and the download goes on', async (_, spoilt) => {
		let raced = 0
		const world = worldWith((asked, right) => {
			if (asked.range?.end !== world.server.asked[1]?.range?.end) return right
			raced += 1
			return raced === 1 ? spoilt(asked, right) : right
		})
		const result = expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(raced).toBeGreaterThan(1)
		expect(result.explanation?.hedged).toBe(0)
		expect(result.durationMs).toBeLessThan(8000)
		expect(result.bytesReceived).toBeLessThanOrEqual(1.02 * bytes)
	})

	test('are taken over from where it is by then, when it goes on at a trickle', async () => {
		const world = new World({
			version: file,
			blockBytes: 64 * 1024,
			script: ({ nth }, right) => (nth === 2 ? { ...right, rateAt: nowMs => (nowMs < lateMs ? MB : 20_000) } : right),
		})
		const result = expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(result.explanation).toMatchObject({ hedged: 1, retries: 0 })
		expect(result.bytesReceived).toBeGreaterThan(bytes)
		expect(result.bytesReceived).toBeLessThanOrEqual(1.02 * bytes)
	})

	test('are raced for by nobody where the lane would lose what it has', async () => {
		const small = version(MB)
		const script: Script = ({ nth }, right) =>
			nth === 2 ? { ...right, framing: 'chunked', stallsAt: right.body.length - 10_000 } : right
		const world = new World({ version: small, script, blockBytes: 64 * 1024, bytesPerSecond: 100_000 })
		const result = expectBytes(await runToEnd(world, { connections: 4, minSplitBytes: 100_000 }), small)
		expect(result.explanation?.hedged).toBe(0)
	})

	test('are fetched from another source where that is the faster one', async () => {
		const url = new URL('http://faster.test/file.bin')
		const script: Script = ({ nth }, right) => (nth === 1 ? { ...right, stallsAt: 2_400_000 } : right)
		const mirrors = { 'faster.test': { version: file, bytesPerSecond: 2 * MB } }
		const world = new World({ version: file, script, blockBytes: 64 * 1024, mirrors })
		const value = createHash('sha256').update(file.body).digest('hex')
		const checksum: Digest = { algorithm: 'sha-256', value, source: 'caller' }
		const asking = { ...plainSpec.asking, headersOrigin: url.origin }
		const spec = { connections: 2, minSplitBytes: 100_000, checksum, mirrors: [{ url, asking }] }
		const result = expectBytes(await runToEnd(world, spec), file)
		expect(result.explanation?.hedged).toBe(1)
		const asked = world.mirrors.get('faster.test')?.asked ?? []
		expect(asked.map(({ range }) => range?.start)).toContain(2_400_000)
		expect(world.server.asked).toHaveLength(1)
		expect(result.bytesReceived).toBeLessThanOrEqual(1.02 * bytes)
	})

	test('are raced for within the rate limit', async () => {
		const world = worldWith(undefined, { limitBytesPerSecond: 100 * MB })
		const result = expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(result.explanation?.hedged).toBe(1)
	})

	test('are raced for by nobody where there is one connection', async () => {
		const world = worldWith()
		expectBytes(await runToEnd(world, { connections: 1 }), file)
		expect(world.transport.mostBusy).toBe(1)
	})

	test('are asked for twice for a fiftieth of the file, however many lanes fall silent', async () => {
		const world = new World({
			version: file,
			blockBytes: 64 * 1024,
			script: ({ nth }, right) => (nth > 1 && nth <= 8 ? { ...right, stallsAt: right.body.length - 50_000 } : right),
		})
		const result = expectBytes(await runToEnd(world, { connections: 16 }), file)
		expect(result.explanation?.hedged).toBe(3)
		expect(result.bytesReceived).toBeLessThanOrEqual(1.02 * bytes)
	})
})
