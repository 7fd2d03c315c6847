import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import type { Digest } from '../../src/model/digest.ts'
import { durableBytes } from '../../src/model/durable-bytes.ts'
import type { PieceHashes } from '../../src/model/piece-hashes.ts'
import { RangeSet } from '../../src/model/range-set.ts'
import { sha256 } from '../support/body.ts'
import { partOf, type Script } from '../support/scripted/server.ts'
import type { Left } from '../support/scripted/watched-destination.ts'
import { destinationWith, expectBytes, expectFailure, runToEnd, version, World } from '../support/scripted/world.ts'

const pieceBytes = 65_536
/** 45 pieces and a bit. */
const file = version(3_000_000)
const bytes = file.body.length

const pieces: PieceHashes = {
	algorithm: 'sha-1',
	pieceBytes,
	hashes: Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, nth) =>
		createHash('sha1')
			.update(file.body.subarray(nth * pieceBytes, (nth + 1) * pieceBytes))
			.digest('hex'),
	),
}
const checksum: Digest = { algorithm: 'sha-256', value: sha256(file.body), source: 'metalink' }
const described: Partial<DownloadSpec> = { bytes, pieces, checksum }

/** Turns one bit of the byte at `offset` in every answer that holds it, but for those of later requests than the `last`. */
const flipping =
	(offset: number, last: number): Script =>
	({ nth }, right) => {
		const { start = 0, end = 0 } = partOf(right) ?? { start: 0, end: right.body.length }
		if (nth > last || offset < start || offset >= end) return right
		const body = Uint8Array.from(right.body)
		body[offset - start] = (body[offset - start] as number) ^ 1
		return { ...right, body }
	}

const pieceAt = (offset: number): { start: number; end: number } => {
	const start = Math.floor(offset / pieceBytes) * pieceBytes
	return { start, end: Math.min(start + pieceBytes, bytes) }
}

describe('of a file whose pieces are known', () => {
	test.each([
		['in the middle', 1_500_000],
		['at its first byte', 0],
		['in its last, shorter piece', bytes - 1],
	])('a bit that was flipped %s costs its piece and no more', async (_, offset) => {
		const world = new World({ version: file, script: flipping(offset, 1) })
		const ending = await runToEnd(world, described)

		const result = expectBytes(ending, file)
		const { start, end } = pieceAt(offset)
		expect(world.server.asked.slice(1).map(({ range }) => range)).toEqual([{ start, end }])
		expect(result.bytesReceived).toBe(bytes + end - start)
		expect(result.verified).toEqual([checksum])
		expect(ending.download.events.filter(({ event }) => event === 'notice')).toHaveLength(1)
	})

	test('several wrong pieces are fetched at once, and those between them are not', async () => {
		const script: Script = (asked, right) =>
			[100_000, 1_000_000, 2_900_000].reduce((reply, offset) => flipping(offset, 4)(asked, reply), right)
		const world = new World({ version: file, script })
		const ending = await runToEnd(world, { ...described, connections: 4 })

		const result = expectBytes(ending, file)
		const again = new RangeSet()
		for (const { range, nth } of world.server.asked) {
			if (nth > 4 && range?.end !== undefined) again.add({ start: range.start, end: range.end })
		}
		const wrong = [100_000, 1_000_000, 2_900_000].map(pieceAt)
		expect(again.ranges).toEqual(wrong)
		expect(result.requests).toBeGreaterThan(4)
	})

	test('pieces are enough where no digest of the whole is known', async () => {
		const world = new World({ version: file, script: flipping(700_000, 1) })
		const result = expectBytes(await runToEnd(world, { pieces }), file)
		expect(result.bytesReceived).toBe(bytes + pieceBytes)
	})

	test('what comes damaged a second time fails, and leaves nothing', async () => {
		const world = new World({ version: file, script: flipping(700_000, 2) })
		const { download, ...ending } = await runToEnd(world, described)

		expect(expectFailure(ending).code).toBe('E_CHECKSUM')
		expect(world.server.asked).toHaveLength(2)
		expect(download.destination.content()).toHaveLength(0)
	})

	test('another file of the same length is not fetched twice', async () => {
		const world = new World({ version: version(bytes, 2) })
		expect(expectFailure(await runToEnd(world, described)).code).toBe('E_CHECKSUM')
		expect(world.server.asked).toHaveLength(1)
	})

	test('a digest that is wrong where all pieces are right fails as without pieces', async () => {
		const world = new World({ version: file })
		const wrong = { ...checksum, value: '0'.repeat(64) }
		expect(expectFailure(await runToEnd(world, { ...described, checksum: wrong })).code).toBe('E_CHECKSUM')
		expect(world.server.asked).toHaveLength(1)
	})

	test('a server that sends no parts is not asked for the whole once more', async () => {
		const world = new World({ version: file, ranges: false, script: flipping(700_000, 9) })
		expect(expectFailure(await runToEnd(world, described)).code).toBe('E_CHECKSUM')
		expect(world.server.asked).toHaveLength(1)
	})

	test('what rotted on the disk between two runs is fetched once more, and the rest is kept', async () => {
		const left = await killedAt(2_600)
		const durable = durableBytes(left.state.records)
		const content = Uint8Array.from(left.content)
		content[70_000] = (content[70_000] as number) ^ 1
		// Without its own checksum beside it, a durable byte is taken at the journal's word.
		const records = durable.ranges.map(range => ({ kind: 'durable', range }) as const)
		const world = new World({ version: file })
		const rotten: Left = { content, state: { ...left.state, records } }
		const result = expectBytes(await runToEnd(world, described, destinationWith(world, rotten)), file)

		expect(result.resumedFrom).toBe(durable.bytes)
		expect(result.bytesReceived).toBe(bytes - durable.bytes + pieceBytes)
	})

	test('a journal does not vouch for pieces that are known to be wrong', async () => {
		const world = new World({ version: file, script: flipping(700_000, 1), bytesPerSecond: 500_000 })
		// All of it has come after 6.01 s; the piece takes 131 ms more.
		const left = await killedAt(6_080, world)
		expect(world.server.asked).toHaveLength(2)
		expect(durableBytes(left.state.records).ranges).toEqual([
			{ start: 0, end: pieceAt(700_000).start },
			{ start: pieceAt(700_000).end, end: bytes },
		])
	})
})

describe('of a file whose length is known', () => {
	test('another length is refused before a byte is kept', async () => {
		const world = new World({ version: version(bytes + 1) })
		const { download, ...ending } = await runToEnd(world, { bytes })
		expect(expectFailure(ending)).toMatchObject({ code: 'E_CHECKSUM', details: { bytes: bytes + 1 } })
		expect(download.destination.content()).toHaveLength(0)
	})

	test('a body without a length is measured at its end', async () => {
		const script: Script = (_, right) => ({ ...right, framing: 'chunked' })
		const world = new World({ version: version(bytes + 1), ranges: false, script })
		expect(expectFailure(await runToEnd(world, { bytes })).code).toBe('E_CHECKSUM')
	})

	test('what an earlier run left of a file of another length is neither gone on with nor thrown away', async () => {
		const left = await killedAt(1_600)
		const world = new World({ version: file })
		const destination = destinationWith(world, left)
		const { download, ...ending } = await runToEnd(world, { bytes: bytes - 1 }, destination)
		expect(expectFailure(ending).code).toBe('E_CHECKSUM')
		expect(download.run.snapshot().bytesDone).toBe(0)
		expect(await destination.left()).toBeDefined()
	})
})

/** What a kill at a moment leaves. */
async function killedAt(atMs: number, world: World = new World({ version: file })): Promise<Left> {
	const destination = world.destination()
	world.start(described, destination)
	await world.clock.advance(atMs)
	const left = await destination.left()
	if (left === undefined) throw new Error('nothing was left')
	return left
}
