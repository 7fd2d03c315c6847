import { describe, expect, test } from 'vitest'
import type { DownloadEvent } from '../../src/engine/events.ts'
import { sha256 } from '../support/body.ts'
import { partReply, type Script, statusReply, type Version } from '../support/scripted/server.ts'
import { expectBytes, expectFailure, runToEnd, version, World } from '../support/scripted/world.ts'

const mb = 1_000_000
const old = version(4 * mb, 1)
const fresh = version(3 * mb, 2)

const notices = (events: readonly DownloadEvent[]): number => events.filter(({ event }) => event === 'notice').length

/** Another version from some request on; what was begun before goes on as it was. */
function changingAt(nth: number, world: () => World): Script {
	return (asked, right) => {
		if (asked.nth === nth) world().server.version = fresh
		return asked.nth < nth ? { ...right, cutAt: 300_000 } : world().server.rightReply(asked)
	}
}

describe('a file that changes meanwhile', () => {
	test.each([2, 3, 5])('is begun anew once, from request %i on', async nth => {
		const world: World = new World({ version: old, script: changingAt(nth, () => world) })
		const ending = await runToEnd(world, { connections: 4 })
		expectBytes(ending, fresh)
		expect(notices(ending.download.events)).toBe(1)
	})

	test('is begun anew where only Last-Modified tells', async () => {
		const dated = (body: Uint8Array, day: number): Version => ({
			body,
			lastModified: `Mon, 0${day} Dec 2025 00:00:00 GMT`,
		})
		const script: Script = (asked, right) => {
			if (asked.nth === 3) world.server.version = dated(fresh.body, 8)
			return asked.nth < 3 ? right : world.server.rightReply(asked)
		}
		const world: World = new World({ version: dated(old.body, 1), script })
		expectBytes(await runToEnd(world, { connections: 4 }), { body: fresh.body })
	})

	test('with every other answer is taken from one answer, which is of one version', async () => {
		const versions = [old]
		const script: Script = (asked, right) => {
			if (asked.nth % 2 === 1) return right
			world.server.version = version(4 * mb, 2 + asked.nth)
			versions.push(world.server.version)
			return world.server.rightReply(asked)
		}
		const world: World = new World({ version: old, script })
		const ending = await runToEnd(world, { connections: 2 })
		if (ending.kind === 'failed') throw ending.error
		expect(versions.filter(({ body }) => Buffer.compare(body, ending.content) === 0)).toHaveLength(1)
	})

	test('with every answer, none of which is whole, is E_CHANGED', async () => {
		const script: Script = asked => {
			world.server.version = version(4 * mb, 2 + asked.nth)
			const reply = world.server.rightReply(asked)
			return { ...reply, cutAt: Math.floor(reply.body.length / 2), cutBy: 'E_NETWORK' }
		}
		const world: World = new World({ version: old, script })
		const ending = await runToEnd(world, { connections: 2 })
		expect(expectFailure(ending).code).toBe('E_CHANGED')
	})

	test('is never mixed by a server that ignores If-Range', async () => {
		const script: Script = (asked, right) => {
			if (asked.nth < 3 || asked.range === undefined) return right
			const { start, end = fresh.body.length } = asked.range
			const reply = partReply(right, fresh, start, Math.min(end, fresh.body.length))
			return { ...reply, fields: { ...reply.fields, etag: '"v2"' } }
		}
		const world = new World({ version: { ...old, body: old.body.subarray(0, 3 * mb) }, script })
		expectBytes(await runToEnd(world, { connections: 4 }), fresh)
	})

	test.each(['chunked', 'close'] as const)('is known by its length where nothing else tells, by %s', async framing => {
		const script: Script = (asked, right) => {
			if (asked.nth === 1) return { ...right, cutAt: mb }
			world.server.version = { body: old.body }
			return { ...world.server.rightReply({ ...asked, range: undefined }), framing }
		}
		const world: World = new World({ version: { body: fresh.body }, script })
		expectBytes(await runToEnd(world), old)
	})

	test('is one stream where nothing names the version', async () => {
		const world = new World({ version: { body: old.body } })
		expect(expectBytes(await runToEnd(world, { connections: 8 }), old).connectionsPeak).toBe(1)
	})

	test('is one stream, begun again after a break, where only a weak ETag names the version', async () => {
		const script: Script = (asked, right) => (asked.nth === 1 ? { ...right, cutAt: 2 * mb } : right)
		const world = new World({ version: { body: old.body, etag: 'W/"1"' }, script })
		expect(expectBytes(await runToEnd(world, { connections: 8 }), old).connectionsPeak).toBe(1)
		expect(world.server.asked.map(({ ifRange }) => ifRange)).toEqual([undefined, undefined])
	})
})

describe('an address that expires', () => {
	/** The first URL leads to a signed one that works for a while. */
	function expiring(validMs: number, status: number): Script {
		return ({ url, atMs }, right) => {
			if (url.pathname === '/file.bin') {
				const location = `/signed?until=${atMs + validMs}`
				return statusReply(right, 302, { location })
			}
			return atMs < Number(url.searchParams.get('until')) ? right : statusReply(right, status)
		}
	}

	test.each([401, 403, 410])('with %i is found again from the first URL, once for all lanes', async status => {
		const cutting: Script = (asked, right) => {
			const reply = expiring(700, status)(asked, right)
			return reply.status === 206 ? { ...reply, cutAt: 400_000 } : reply
		}
		const world: World = new World({ version: old, script: cutting })
		expectBytes(await runToEnd(world, { connections: 4 }), old)
		const firsts = world.server.asked.filter(({ url }) => url.pathname === '/file.bin')
		expect(firsts.length).toBeGreaterThan(1)
		expect(firsts.length).toBeLessThanOrEqual(5)
	})

	test('for all lanes at the same moment is found again once', async () => {
		// Everything is cut at one moment, and everything asked for after it goes to an address that has expired.
		const script: Script = (asked, right) => {
			const reply = expiring(600, 403)(asked, right)
			return reply.status === 206 && asked.atMs < 600 ? { ...reply, cutAt: 500_000 } : reply
		}
		const world: World = new World({ version: old, script })
		expectBytes(await runToEnd(world, { connections: 4 }), old)
	})

	test('is not looked for again and again while another lane still receives', async () => {
		const script: Script = ({ url, nth }, right) => {
			if (url.pathname === '/file.bin') return statusReply(right, 302, { location: `/signed?${nth}` })
			return nth === 2 ? right : statusReply(right, 410)
		}
		const world = new World({ version: old, script })
		expect(expectFailure(await runToEnd(world, { connections: 4 })).code).toBe('E_HTTP_STATUS')
		expect(world.server.asked.length).toBeLessThan(12)
	})

	test('and cannot be found again is E_AUTH', async () => {
		const script: Script = ({ url, nth }, right) => {
			if (url.pathname === '/file.bin' && nth === 1) return statusReply(right, 302, { location: '/signed' })
			return nth === 2 ? { ...right, cutAt: 500_000 } : statusReply(right, 403)
		}
		const world = new World({ version: old, script })
		expect(expectFailure(await runToEnd(world, { connections: 4 })).code).toBe('E_AUTH')
	})
})

describe('a digest', () => {
	const right = sha256(old.body)
	const caller = (value: string) => ({ algorithm: 'sha-256', value, source: 'caller' }) as const

	test('that the caller gave is checked', async () => {
		const world = new World({ version: old })
		const result = expectBytes(await runToEnd(world, { connections: 4, checksum: caller(right) }), old)
		expect(result.verified).toEqual([caller(right)])
	})

	test('that does not match is E_CHECKSUM and leaves nothing', async () => {
		const world = new World({ version: old })
		const ending = await runToEnd(world, { connections: 4, checksum: caller(sha256(fresh.body)) })
		expect(expectFailure(ending)).toMatchObject({ code: 'E_CHECKSUM', details: { actual: right } })
		expect(await (ending.download.destination as ReturnType<World['destination']>).left()).toBeUndefined()
	})

	test.each([true, false])('that the server sent is checked (right: %s)', async isRight => {
		const sent = Buffer.from(isRight ? right : sha256(fresh.body), 'hex').toString('base64')
		const world = new World({ version: { ...old, fields: { 'repr-digest': `sha-256=:${sent}:` } } })
		const ending = await runToEnd(world, { connections: 4 })
		if (isRight) expect(expectBytes(ending, old).verified).toMatchObject([{ source: 'repr-digest' }])
		else expect(expectFailure(ending).code).toBe('E_CHECKSUM')
	})

	test('lets lanes work on a file without a validator, and tells when it changed', async () => {
		const script: Script = (asked, right) => {
			if (asked.nth === 3) world.server.version = { body: version(4 * mb, 2).body }
			return asked.nth < 3 ? right : world.server.rightReply(asked)
		}
		const world: World = new World({ version: { body: old.body }, script })
		const ending = await runToEnd(world, { connections: 4, checksum: caller(right) })
		expect(expectFailure(ending).code).toBe('E_CHECKSUM')
	})
})
