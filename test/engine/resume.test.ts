import { describe, expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { RangeSet } from '../../src/model/range-set.ts'
import type { Script, Version } from '../support/scripted/server.ts'
import { wholeReply } from '../support/scripted/server.ts'
import type { Left, WatchedDestination } from '../support/scripted/watched-destination.ts'
import {
	destinationWith,
	type Ending,
	expectBytes,
	expectFailure,
	expectNothingLeft,
	runToEnd,
	version,
	World,
	type WorldOptions,
} from '../support/scripted/world.ts'

const mb = 1_000_000
const file = version(12 * mb)

/** What a kill at a moment leaves: by 4 connections, with checkpoints that take a while. */
async function killedAt(atMs: number, of: Version = file): Promise<{ left: Left; afterPowerCut: Left }> {
	const world = new World({ version: of })
	const destination = world.destination({ flushMs: 30, writeMs: 1 })
	world.start({ connections: 4 }, destination)
	await world.clock.advance(atMs)
	const left = (await destination.left()) as Left
	const state = destination.place?.journal?.afterPowerCut() as Left['state']
	return { left, afterPowerCut: { state, content: onlySynced(destination) } }
}

/** The pages that no sync covered read as zeros. */
function onlySynced({ place }: WatchedDestination): Uint8Array {
	const content = Uint8Array.from(place?.sink.content() ?? [])
	for (const { start, end } of place?.sink.synced.gaps({ start: 0, end: content.length }) ?? [])
		content.fill(0, start, end)
	return content
}

async function goOn(left: Left, options: Partial<WorldOptions> = {}): Promise<{ ending: Ending; world: World }> {
	const world = new World({ version: file, ...options })
	return { ending: await runToEnd(world, { connections: 4 }, destinationWith(world, left)), world }
}

const recorded = ({ state }: Left): number => new RangeSet(state.records.map(({ range }) => range)).bytes

describe('a download that was killed', () => {
	test.each([400, 1000, 2300])('after %i ms goes on from what was written', async atMs => {
		const { left } = await killedAt(atMs)
		const { ending, world } = await goOn(left)
		const result = expectBytes(ending, file)
		expect(result.resumedFrom).toBe(recorded(left))
		expect(result.bytesReceived).toBeLessThan(1.02 * (file.body.length - result.resumedFrom))
		expect(world.server.asked[0]?.ifRange).toBe(file.etag)
	})

	test('loses at most 300 ms of the rate of each connection', async () => {
		const { left } = await killedAt(1700)
		const received = 4 * (1700 - 25) * 1000
		expect(recorded(left)).toBeGreaterThan(received - 4 * 300_000)
	})

	test.each([1000, 2300, 2500])('by a power cut after %i ms goes on from what was synced', async atMs => {
		const { afterPowerCut } = await killedAt(atMs)
		const { ending } = await goOn(afterPowerCut)
		const durable = afterPowerCut.state.records.filter(({ kind }) => kind === 'durable')
		expect(expectBytes(ending, file).resumedFrom).toBe(new RangeSet(durable.map(({ range }) => range)).bytes)
	})

	test('does not trust what was written and then lost by a power cut', async () => {
		const { left, afterPowerCut } = await killedAt(2900)
		const { ending } = await goOn({ state: left.state, content: afterPowerCut.content })
		const { resumedFrom } = expectBytes(ending, file)
		expect(resumedFrom).toBeGreaterThan(0)
		expect(resumedFrom).toBeLessThan(recorded(left))
	})

	test('goes on from a journal that was torn anywhere', async () => {
		const { left } = await killedAt(1000)
		for (let kept = 0; kept < left.state.records.length; kept += 23) {
			const state = { ...left.state, records: left.state.records.slice(0, kept) }
			expectBytes((await goOn({ ...left, state })).ending, file)
		}
	})

	test('does not mistake another content for its own', async () => {
		const { left } = await killedAt(2500)
		const { ending } = await goOn({ ...left, content: new Uint8Array(left.content.length) })
		expectBytes(ending, file)
	})

	test('starts over where the server has another version', async () => {
		const { left } = await killedAt(1000)
		const other = version(5 * mb, 2)
		const { ending } = await goOn(left, { version: other })
		expect(expectBytes(ending, other).resumedFrom).toBe(0)
	})

	test('starts over where the server knows no ranges any more', async () => {
		const { left } = await killedAt(1000)
		expect(expectBytes((await goOn(left, { ranges: false })).ending, file).resumedFrom).toBe(0)
	})

	test('goes on where the server knows If-Range or Range, but not both', async () => {
		const { left } = await killedAt(1000)
		const script: Script = ({ ifRange }, right) => (ifRange === undefined ? right : wholeReply(right, file))
		expect(expectBytes((await goOn(left, { script })).ending, file).resumedFrom).toBe(recorded(left))
	})

	test('leaves everything as it is where the server cannot be asked', async () => {
		const { left } = await killedAt(1000)
		const world = new World({ version: file, script: (_asked, right) => ({ ...right, fails: 'E_NETWORK' }) })
		const destination = destinationWith(world, left)
		expect(expectFailure(await runToEnd(world, {}, destination)).code).toBe('E_NETWORK')
		expect(recorded((await destination.left()) as Left)).toBe(recorded(left))
	})

	test('between the last byte and the new name asks for nothing more', async () => {
		const records: Left['state']['records'] = [{ kind: 'durable', range: { start: 0, end: file.body.length } }]
		const { left } = await killedAt(1000)
		const { ending, world } = await goOn({ content: file.body, state: { ...left.state, records } })
		expect(expectBytes(ending, file).resumedFrom).toBe(file.body.length)
		expect(world.server.asked).toEqual([])
	})

	test('again and again comes to its end', async () => {
		let left = (await killedAt(700)).left
		for (let kills = 0; kills < 20; kills++) {
			const world = new World({ version: file, seed: kills })
			const destination = destinationWith(world, left)
			const download = world.start({ connections: 3 }, destination)
			await world.clock.advance(200)
			const next = await destination.left()
			if (next === undefined) {
				expectBytes(await world.end(download), file)
				return
			}
			expect(recorded(next)).toBeGreaterThanOrEqual(recorded(left))
			left = next
		}
		expectBytes((await goOn(left)).ending, file)
	})
})

describe('the disk', () => {
	test('that is full ends the download and keeps what is there', async () => {
		const world = new World({ version: file })
		const destination = world.destination({ limitBytes: 9 * mb })
		const error = expectFailure(await runToEnd(world, { connections: 4 }, destination))
		expect(error.code).toBe('E_NO_SPACE')
		const left = (await destination.left()) as Left
		expect(recorded(left)).toBeGreaterThan(0)
		expectBytes((await goOn(left)).ending, file)
	})

	test('that breaks ends the download with its own error', async () => {
		const world = new World({ version: file })
		const destination = world.destination({ failsAfterBytes: 2 * mb, writeMs: 2 })
		expect(expectFailure(await runToEnd(world, { connections: 4 }, destination)).code).toBe('E_IO')
	})

	test('that is slow is waited for, and the sync is never led by the journal', async () => {
		const world = new World({ version: file })
		const destination = world.destination({ writeMs: 20, flushMs: 500 })
		expectBytes(await runToEnd(world, { connections: 4 }, destination), file)
		const kinds = new Set(destination.place?.journal?.records.map(({ kind }) => kind))
		expect(kinds).toEqual(new Set(['written', 'durable']))
	})

	test('that fails to sync ends the download', async () => {
		const world = new World({ version: file })
		const destination = world.destination()
		const download = world.start({ connections: 4 }, destination)
		await world.clock.advance(100)
		const sink = destination.place?.sink
		Object.assign(sink ?? {}, { flush: () => Promise.reject(new DownloadError('E_IO', 'a page was lost')) })
		expect(expectFailure(await world.end(download)).code).toBe('E_IO')
		expectNothingLeft(world, download)
	})
})
