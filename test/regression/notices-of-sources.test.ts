import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { longestMetalinkBytes } from '../../src/api/metalink.ts'
import type { DownloadEvent } from '../../src/engine/events.ts'
import type { Mirror } from '../../src/engine/spec.ts'
import { startOrigin } from '../support/origin.ts'
import { plainSpec } from '../support/plain-spec.ts'
import { runCli } from '../support/run-cli.ts'
import type { Script } from '../support/scripted/server.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

const file = version(1_000_000)
const missing: Script = (_asked, right) => ({ ...right, status: 404 })

const notices = (events: readonly DownloadEvent[]): readonly string[] =>
	events.flatMap(event => (event.event === 'notice' ? [event.message] : []))

test('when a mirror takes over, what failed, what is done and what would have been better are told in this order', async () => {
	const world = new World({ version: file, script: missing, mirrors: { 'good.test': { version: file } } })
	const url = new URL('http://good.test/file.bin')
	const mirror: Mirror = { url, asking: { ...plainSpec.asking, headersOrigin: url.origin } }

	const ending = await runToEnd(world, { connections: 2, mirrors: [mirror] })

	expectBytes(ending, file)
	expect(notices(ending.download.events)[0]).toMatch(
		/^http:\/\/origin\.test\/file\.bin answered 404.*; starting over at http:\/\/good\.test\/file\.bin \(with --checksum, mirrors go on from what is there\)$/,
	)
})

test('a source that is left out is named once', async () => {
	const world = new World({ version: version(8_000_000), mirrors: { 'gone.test': { version: file, script: missing } } })
	const value = createHash('sha256').update(world.server.version.body).digest('hex')
	const url = new URL('http://gone.test/file.bin')
	const mirrors: readonly Mirror[] = [{ url, asking: { ...plainSpec.asking, headersOrigin: url.origin } }]

	const ending = await runToEnd(world, {
		connections: 2,
		mirrors,
		checksum: { algorithm: 'sha-256', value, source: 'caller' },
	})

	expect(notices(ending.download.events)).toEqual([
		expect.stringMatching(/^http:\/\/gone\.test\/file\.bin answered 404.*; it is left out$/),
	])
})

test('a Metalink that is too long is not said to be allowed by an option', async () => {
	await using origin = await startOrigin({ body: new Uint8Array(longestMetalinkBytes + 1) })

	const { code, stderr } = await runCli(['get', '--metalink', origin.url('/file.meta4')])

	expect(code).toBe(12)
	expect(stderr).toContain('The Metalink')
	expect(stderr).not.toContain('--max-size')
})
