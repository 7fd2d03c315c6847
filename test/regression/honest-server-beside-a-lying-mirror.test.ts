import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import type { Digest } from '../../src/model/digest.ts'
import { plainSpec } from '../support/plain-spec.ts'
import type { Version } from '../support/scripted/server.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

const file = version(16_000_000)
const value = createHash('sha256').update(file.body).digest('hex')
const checksum: Digest = { algorithm: 'sha-256', value, source: 'caller' }
const reprDigest = (of: Version): string => `sha-256=:${createHash('sha256').update(of.body).digest('base64')}:`

/** Right wherever it is compared with what comes first. */
const subtle: Version = { ...file, body: Uint8Array.from(file.body).fill(0, 2_000_000) }
const mirrors = { 'lying.test': { version: subtle, bytesPerSecond: 4_000_000 } }
const lying = new URL('http://lying.test/file.bin')
const named: Pick<DownloadSpec, 'mirrors'> = {
	mirrors: [{ url: lying, asking: { ...plainSpec.asking, headersOrigin: lying.origin } }],
}

test('a mirror that the server links to and that sends wrong bytes costs time, and not the download', async () => {
	const link = `<${lying.href}>; rel=duplicate`
	const world = new World({ version: { ...file, fields: { 'repr-digest': reprDigest(file), link } }, mirrors })

	const ending = await runToEnd(world, { connections: 4 })

	expectBytes(ending, file)
	expect(world.mirrors.get('lying.test')?.asked.length).toBeGreaterThan(1)
})

test('what a mirror of an earlier run has spoiled is fetched anew from the only address that is left', async () => {
	const world = new World({ version: file, mirrors })
	const destination = world.destination()
	const first = world.start({ connections: 4, checksum, ...named }, destination)
	world.clock.after(1500, () => first.run.command({ kind: 'cancel', reason: new DownloadError('E_ABORTED', 'enough') }))
	await world.end(first)

	const result = expectBytes(await runToEnd(world, { connections: 4, checksum }, destination), file)

	expect(result.resumedFrom).toBe(0)
})

test('the caller’s digest decides where the first server is wrong about its own, and is told once', async () => {
	const fields = { 'repr-digest': reprDigest(subtle) }
	const world = new World({ version: { ...file, fields }, mirrors: { 'lying.test': { version: file } } })

	const result = expectBytes(await runToEnd(world, { connections: 4, checksum, ...named }), file)

	expect(result.verified).toEqual([checksum])
})
