import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import type { DownloadEvent } from '../../src/engine/events.ts'
import type { DownloadSpec, Mirror } from '../../src/engine/spec.ts'
import type { Digest } from '../../src/model/digest.ts'
import { plainSpec } from '../support/plain-spec.ts'
import type { Asked, Script, ServerOptions, Version } from '../support/scripted/server.ts'
import { statusReply } from '../support/scripted/server.ts'
import {
	type Download,
	expectBytes,
	expectFailure,
	expectNothingLeft,
	runToEnd,
	version,
	World,
} from '../support/scripted/world.ts'

const mb = 1_000_000
const file = version(16 * mb)
const other: Version = { ...version(16 * mb, 2), etag: file.etag }
const dead: Script = (_asked, right) => ({ ...right, fails: 'E_NETWORK' })

const sha256Of = ({ body }: Version): string => createHash('sha256').update(body).digest('hex')
const checksum: Digest = { algorithm: 'sha-256', value: sha256Of(file), source: 'caller' }

const mirror = (host: string): Mirror => {
	const url = new URL(`http://${host}/elsewhere/file.bin`)
	return { url, asking: { ...plainSpec.asking, headersOrigin: url.origin } }
}

const withDigest = (of: Version): Version => ({
	...of,
	fields: { 'repr-digest': `sha-256=:${Buffer.from(sha256Of(of), 'hex').toString('base64')}:` },
})

const notices = (events: readonly DownloadEvent[]): readonly string[] =>
	events.flatMap(event => (event.event === 'notice' ? [event.message] : []))

/** The world, and a spec by which the named hosts are mirrors of the file. */
function mirrored(
	mirrors: Readonly<Record<string, Partial<ServerOptions>>>,
	options: Partial<ServerOptions> = {},
): { world: World; spec: Partial<DownloadSpec>; askedOf: (host: string) => readonly Asked[] } {
	const servers = Object.entries(mirrors).map(([host, server]) => [host, { version: file, ...server }] as const)
	const world = new World({ version: file, ...options, mirrors: Object.fromEntries(servers) })
	const spec = { connections: servers.length + 1, mirrors: servers.map(([host]) => mirror(host)) }
	return { world, spec, askedOf: host => world.mirrors.get(host)?.asked ?? [] }
}

describe('where the server names mirrors in Link fields (RFC 6249)', () => {
	const link = '<http://linked.test/file.bin>; rel=duplicate; pri=1'
	const naming = (of: Version): Version => ({ ...of, fields: { ...withDigest(of).fields, link } })

	test('they share the work where it sends a digest too, and get none of the headers', async () => {
		const { world, askedOf } = mirrored({ 'linked.test': {} }, { version: naming(file) })
		const asking = { ...plainSpec.asking, headers: [['x-key', 'secret'] as const] }
		const result = expectBytes(await runToEnd(world, { connections: 4, asking }), file)
		expect(askedOf('linked.test').length).toBeGreaterThan(1)
		expect(result.verified).toMatchObject([{ algorithm: 'sha-256', source: 'repr-digest' }])
		expect(world.server.asked.some(({ headers }) => headers.has('x-key'))).toBe(true)
		for (const { headers } of askedOf('linked.test')) expect(headers.has('x-key')).toBe(false)
	})

	test('one that has another version is left out', async () => {
		const { world, askedOf } = mirrored({ 'linked.test': { version: other } }, { version: naming(file) })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(askedOf('linked.test')).toHaveLength(1)
	})

	test.each<[string, Version, Partial<DownloadSpec>]>([
		['without a digest of the file', { ...file, fields: { link } }, { connections: 4 }],
		['where one connection was asked for', naming(file), { connections: 1 }],
	])('%s they are not asked', async (_, of, spec) => {
		const { world, askedOf } = mirrored({ 'linked.test': {} }, { version: of })
		expectBytes(await runToEnd(world, spec), file)
		expect(askedOf('linked.test')).toHaveLength(0)
	})
})

describe('with a checksum', () => {
	test('mirrors share the work in proportion to what they deliver, and all finish together', async () => {
		const { world, spec, askedOf } = mirrored({ 'slow.test': { bytesPerSecond: mb } }, { bytesPerSecond: 7 * mb })
		const result = expectBytes(await runToEnd(world, { ...spec, checksum }), file)
		expect(askedOf('slow.test').length).toBeGreaterThan(1)
		// Two seconds at the sum of both.
		expect(result.durationMs).toBeLessThan(2300)
		expect(result.verified).toMatchObject([{ algorithm: 'sha-256', source: 'caller' }])
	})

	test('a mirror is asked for no more than it brings in four seconds, from its first part on', async () => {
		const { world, spec, askedOf } = mirrored(
			{ 'slow.test': { bytesPerSecond: 40_000, headAfterMs: 300 } },
			{ bytesPerSecond: 2 * mb },
		)
		expectBytes(await runToEnd(world, { ...spec, checksum }), file)
		const [, ...parts] = askedOf('slow.test').map(
			({ range }) => (range?.end ?? Number.POSITIVE_INFINITY) - (range?.start ?? 0),
		)
		expect(parts.length).toBeGreaterThan(0)
		expect(Math.max(...parts)).toBeLessThan(200_000)
	})

	test('a slow first source is helped by a mirror that is seven times as fast', async () => {
		const { world, spec } = mirrored({ 'fast.test': { bytesPerSecond: 7 * mb } }, { bytesPerSecond: mb })
		const result = expectBytes(await runToEnd(world, { ...spec, checksum }), file)
		expect(result.durationMs).toBeLessThan(2600)
	})

	test('two downloads, each of which is the mirror of the other, both end where every host takes one connection', async () => {
		const world = new World({ version: file, mirrors: { 'other.test': { version: file } }, maxPerHost: 1 })
		const crossed = (url: URL, host: string) => ({ url, mirrors: [mirror(host)], connections: 2, checksum })
		const downloads = [
			world.start(crossed(plainSpec.url, 'other.test')),
			world.start(crossed(mirror('other.test').url, 'origin.test')),
		]
		for (const download of downloads) expectBytes(await world.end(download), file)
		expectNothingLeft(world, ...downloads)
	})

	test('a mirror that is still being compared when the last byte comes is not waited for', async () => {
		const { world, spec } = mirrored({ 'slow.test': { bytesPerSecond: 1000 } }, { bytesPerSecond: 8 * mb })
		const result = expectBytes(await runToEnd(world, { ...spec, checksum }), file)
		expect(result.durationMs).toBeLessThan(4200)
	})

	test('a dead mirror is asked a few times and costs nothing', async () => {
		const { world, spec, askedOf } = mirrored({ 'dead.test': { script: dead }, 'good.test': {} })
		const ending = await runToEnd(world, { ...spec, checksum })
		const result = expectBytes(ending, file)
		expect(result.durationMs).toBeLessThan(8600)
		expect(askedOf('dead.test')).toHaveLength(3)
		expect(notices(ending.download.events)).toEqual([
			expect.stringContaining('dead.test/elsewhere/file.bin is left out'),
		])
	})

	test.each<[string, Version, string]>([
		['other bytes under the same ETag', other, 'other bytes'],
		['another length', version(15 * mb), 'length'],
		['another digest', withDigest(other), 'another digest'],
	])('a mirror with %s is left out before a byte of it is written', async (_, of, why) => {
		const { world, spec, askedOf } = mirrored({ 'stale.test': { version: of }, 'good.test': {} })
		const ending = await runToEnd(world, { ...spec, checksum })
		const result = expectBytes(ending, file)
		expect(askedOf('stale.test')).toHaveLength(1)
		expect(result.bytesReceived).toBeLessThan(file.body.length + mb)
		expect(notices(ending.download.events)).toEqual([expect.stringContaining(why)])
	})

	test('a mirror that dies half-way loses nothing', async () => {
		const { world, spec } = mirrored({
			'dying.test': {
				script: ({ atMs }, right) => (atMs > 3000 ? { ...right, fails: 'E_NETWORK' } : { ...right, cutAt: 2 * mb }),
			},
		})
		const result = expectBytes(await runToEnd(world, { ...spec, checksum }), file)
		expect(result.durationMs).toBeLessThan(13_000)
	})

	test('the first source may die half-way: the others go on', async () => {
		const script: Script = ({ atMs }, right) =>
			atMs > 1000 ? { ...right, fails: 'E_NETWORK' } : { ...right, cutAt: 2 * mb }
		const { world, spec } = mirrored({ 'good.test': {} }, { script })
		const result = expectBytes(await runToEnd(world, { ...spec, checksum }), file)
		expect(result.durationMs).toBeLessThan(17_000)
	})

	test('the first source may be dead from the beginning, and the file has its name', async () => {
		const { world, spec } = mirrored({ 'good.test': {}, 'better.test': {} }, { script: dead })
		const result = expectBytes(await runToEnd(world, { ...spec, checksum }), file)
		expect(result.durationMs).toBeLessThan(9000)
	})

	test('a mirror that gets another version half-way is left out', async () => {
		const { world, spec } = mirrored({ 'moving.test': { script: (_asked, right) => ({ ...right, cutAt: 500_000 }) } })
		world.clock.after(2000, () => {
			const server = world.mirrors.get('moving.test')
			if (server !== undefined) server.version = version(16 * mb, 3)
		})
		const ending = await runToEnd(world, { ...spec, checksum })
		expectBytes(ending, file)
		expect(notices(ending.download.events)).toEqual([expect.stringContaining('has another version')])
	})

	test('a mirror that differs only where nobody compared is found out, and the first source alone is taken', async () => {
		const body = Uint8Array.from(file.body)
		body.fill(0, 8 * mb)
		const { world, spec, askedOf } = mirrored({ 'subtle.test': { version: { ...file, body } } })
		const ending = await runToEnd(world, { ...spec, checksum })
		expectBytes(ending, file)
		expect(askedOf('subtle.test').length).toBeGreaterThan(1)
		expect(notices(ending.download.events)).toEqual([expect.stringContaining('starting over at http://origin.test')])
	})

	test('a first source with another version is passed over for a mirror with the right one', async () => {
		const { world, spec } = mirrored({ 'good.test': {} }, { version: other })
		const ending = await runToEnd(world, { ...spec, checksum })
		expectBytes(ending, file)
	})

	test('E_CHECKSUM is for when none has the right bytes', async () => {
		const { world, spec } = mirrored({ 'wrong.test': { version: version(16 * mb, 3) } }, { version: other })
		expect(expectFailure(await runToEnd(world, { ...spec, checksum })).code).toBe('E_CHECKSUM')
	})

	test('the failure of the last source is the failure of the download', async () => {
		const { world, spec } = mirrored({ 'dead.test': { script: dead } }, { script: dead })
		expect(expectFailure(await runToEnd(world, { ...spec, checksum, retries: 2 })).code).toBe('E_NETWORK')
	})

	test('one connection is one connection: mirrors are not asked while it works', async () => {
		const { world, spec, askedOf } = mirrored({ 'good.test': {} })
		expectBytes(await runToEnd(world, { ...spec, connections: 1, checksum }), file)
		expect(askedOf('good.test')).toHaveLength(0)
	})

	test('auto gives each mirror one connection and more to whom it pays', async () => {
		const { world, spec, askedOf } = mirrored({ 'one.test': {}, 'two.test': {} })
		const alone = expectBytes(await runToEnd(world, { connections: 'auto', checksum }), file)
		const result = expectBytes(await runToEnd(world, { ...spec, connections: 'auto', checksum }), file)
		expect(result.durationMs).toBeLessThan(1.1 * alone.durationMs)
		for (const host of ['one.test', 'two.test']) expect(askedOf(host).length).toBeGreaterThan(2)
	})
})

describe('without a checksum', () => {
	test('mirrors that send the same digest share the work', async () => {
		const { world, spec } = mirrored({ 'good.test': { version: withDigest(file) } }, { version: withDigest(file) })
		const result = expectBytes(await runToEnd(world, spec), file)
		expect(result.durationMs).toBeLessThan(8800)
	})

	test('a mirror without a digest is left out, with the remedy', async () => {
		const { world, spec } = mirrored({ 'mute.test': {} }, { version: withDigest(file) })
		const ending = await runToEnd(world, spec)
		expectBytes(ending, file)
		expect(notices(ending.download.events)).toEqual([expect.stringContaining('nothing proves')])
	})

	test.each<[string, Version, string]>([
		['which a mirror fulfils brings its bytes', file, 'done'],
		['which no mirror fulfils is E_CHECKSUM', other, 'failed'],
	])('a digest that the first source sends and does not keep, and %s', async (_, of, kind) => {
		const { world, spec } = mirrored(
			{ 'mute.test': { version: of } },
			{ version: { ...withDigest(file), body: version(16 * mb, 5).body } },
		)
		const ending = await runToEnd(world, spec)
		expect(ending.kind).toBe(kind)
		if (ending.kind === 'done') expect(expectBytes(ending, file).verified).toHaveLength(1)
		else expect(ending.error.code).toBe('E_CHECKSUM')
	})

	test('mirrors stand by, and are not asked while the first source works', async () => {
		const { world, spec, askedOf } = mirrored({ 'good.test': {} })
		const ending = await runToEnd(world, spec)
		expectBytes(ending, file)
		expect(askedOf('good.test')).toHaveLength(0)
		expect(notices(ending.download.events)).toEqual([expect.stringContaining('--checksum')])
	})

	test('a mirror takes over from the first byte when the first source has failed for good, whatever its version', async () => {
		const script: Script = ({ nth }, right) => (nth === 1 ? { ...right, cutAt: 5 * mb } : statusReply(right, 404))
		const { world, spec, askedOf } = mirrored({ 'good.test': { version: other } }, { script })
		const ending = await runToEnd(world, spec)
		// Never bytes of both.
		expectBytes(ending, other)
		expect(askedOf('good.test')[0]?.range?.start).toBe(0)
		expect(notices(ending.download.events).at(-1)).toContain('--checksum')
	})
})

describe('a later run', () => {
	const aborted = new DownloadError('E_ABORTED', 'enough')
	const etagged = { version: file }

	/** Begins by two sources, and is ended half-way. */
	async function half(spec: Partial<DownloadSpec>, world: World): Promise<Download> {
		const download = world.start(spec)
		world.clock.after(3000, () => download.run.command({ kind: 'cancel', reason: aborted }))
		expect(expectFailure(await world.end(download))).toBe(aborted)
		expectNothingLeft(world, download)
		return download
	}

	test('goes on from what several sources brought under the same checksum, with mirrors or without', async () => {
		for (const mirrors of [undefined, []]) {
			const { world, spec } = mirrored({ 'good.test': {} }, etagged)
			const { destination } = await half({ ...spec, checksum }, world)
			const again = await runToEnd(world, { ...spec, checksum, ...(mirrors && { mirrors }) }, destination)
			expect(expectBytes(again, file).resumedFrom).toBeGreaterThan(4 * mb)
		}
	})

	test('goes on where the server itself repeats the digest under which several sources shared', async () => {
		const { world, spec } = mirrored({ 'good.test': { version: withDigest(file) } }, { version: withDigest(file) })
		const { destination } = await half(spec, world)
		expect(expectBytes(await runToEnd(world, { ...spec, mirrors: [] }, destination), file).resumedFrom).toBeGreaterThan(
			4 * mb,
		)
	})

	test.each<[string, Digest | undefined]>([
		['no checksum', undefined],
		['another checksum', { algorithm: 'md5', value: '0'.repeat(32), source: 'caller' }],
	])('begins anew with %s: nothing vouches for bytes of several sources', async (_, known) => {
		const { world, spec } = mirrored({ 'good.test': {} }, etagged)
		const { destination } = await half({ ...spec, checksum }, world)
		const download = world.start({ ...spec, mirrors: [], checksum: known }, destination)
		await world.end(download)
		expect(download.events.find(event => event.event === 'probed')).toMatchObject({ resumedFrom: 0 })
	})

	test('goes on without a checksum where all bytes are of the first source', async () => {
		const { world, spec } = mirrored({ 'dead.test': { script: dead } }, etagged)
		const { destination } = await half({ ...spec, checksum }, world)
		const again = await runToEnd(world, { ...spec, mirrors: [] }, destination)
		expect(expectBytes(again, file).resumedFrom).toBeGreaterThan(2 * mb)
	})

	test('goes on at a mirror where the first source has died since', async () => {
		const { world, spec } = mirrored({ 'good.test': { version: { ...file, etag: '"its own"' } } }, etagged)
		const { destination } = await half({ ...spec, mirrors: [], checksum }, world)
		world.server.script = dead
		const again = await runToEnd(world, { ...spec, checksum }, destination)
		expect(expectBytes(again, file).resumedFrom).toBeGreaterThan(2 * mb)
	})

	test('goes on at the first source with what a mirror brought, whatever its ETag says', async () => {
		const { world, spec } = mirrored({ 'good.test': { version: { ...file, etag: '"its own"' } } }, { script: dead })
		const { destination } = await half({ ...spec, checksum }, world)
		world.server.script = (_asked, right) => right
		const again = await runToEnd(world, { ...spec, mirrors: [], checksum }, destination)
		expect(expectBytes(again, file).resumedFrom).toBeGreaterThan(mb)
	})

	test.each([
		['the URL alone', []],
		['a good mirror', [mirror('good.test')]],
	])('begins anew with %s where nobody that can be asked has what a bad mirror brought', async (_, mirrors) => {
		const { world, spec } = mirrored({ 'bad.test': { version: other } }, { script: dead })
		const { destination } = await half({ ...spec, checksum }, world)
		world.server.script = (_asked, right) => right
		const again = await runToEnd(world, { ...spec, mirrors, checksum }, destination)
		expect(expectBytes(again, file).resumedFrom).toBe(0)
	})

	test('never mixes what a mirror brought with the first source where no checksum is given', async () => {
		const { world, spec } = mirrored({ 'good.test': { version: other } }, { script: dead })
		const { destination } = await half({ ...spec, retries: 0 }, world)
		world.server.script = (_asked, right) => right
		expectBytes(await runToEnd(world, { ...spec, mirrors: [] }, destination), file)
	})
})

describe('a link that expires', () => {
	const script: Script = (asked, right) => {
		const until = Number(asked.url.searchParams.get('until') ?? 0)
		return asked.atMs >= until ? statusReply(right, 403) : { ...right, cutAt: 500_000 }
	}
	const linkUntil = (ms: number): URL => new URL(`http://origin.test/file.bin?until=${ms}`)

	test('is asked for again by the caller’s function, once for all connections', async () => {
		const world = new World({ version: file, script })
		const asked: string[] = []
		const renew = async (expired: URL): Promise<URL> => {
			asked.push(expired.href)
			await world.clock.sleep(100)
			return linkUntil(world.clock.now() + 2000)
		}
		const ending = await runToEnd(world, { url: linkUntil(2000), connections: 4, renew })
		const result = expectBytes(ending, file)
		expect(result.durationMs).toBeGreaterThan(3500)
		expect(asked[0]).toBe(linkUntil(2000).href)
		expect(asked.length).toBeLessThanOrEqual(Math.ceil(result.durationMs / 2000))
	})

	test('is asked for before the first byte where a later run finds it expired', async () => {
		const world = new World({ version: file, script })
		const renew = async (): Promise<URL> => linkUntil(60_000)
		expectBytes(await runToEnd(world, { url: linkUntil(0), connections: 4, renew }), file)
	})

	test('for which the function knows of no other is left out where a mirror has the file', async () => {
		const { world, spec } = mirrored({ 'good.test': {} }, { script })
		const renew = async (): Promise<URL> => {
			throw new Error('signed out')
		}
		const ending = await runToEnd(world, { ...spec, checksum, url: linkUntil(0), renew })
		expectBytes(ending, file)
		expect(notices(ending.download.events)[0]).toContain('no other address was found')
	})

	test('is E_AUTH where the function knows of no other', async () => {
		const world = new World({ version: file, script })
		const renew = async (): Promise<URL> => {
			throw new Error('signed out')
		}
		const error = expectFailure(await runToEnd(world, { url: linkUntil(2000), connections: 4, renew }))
		expect(error).toMatchObject({ code: 'E_AUTH', cause: { message: 'signed out' } })
	})
})
