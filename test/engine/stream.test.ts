import { describe, expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { sha256 } from '../support/body.ts'
import { type Script, statusReply } from '../support/scripted/server.ts'
import { Reader, StreamedDestination } from '../support/scripted/streamed.ts'
import {
	type Download,
	type Ending,
	expectFailure,
	expectNothingLeft,
	version,
	World,
} from '../support/scripted/world.ts'

const mb = 1_000_000
const file = version(4 * mb)
const windowBytes = 256 * 1024

interface Streamed {
	readonly world: World
	readonly reader: Reader
	readonly download: Download
}

function stream(
	options: { script?: Script; etag?: string | undefined; bytesPerSecond?: number; connections?: number } = {},
): Streamed {
	const { etag = file.etag, script, bytesPerSecond, connections = 8 } = options
	const world = new World({ version: { body: file.body, etag }, ...(script === undefined ? {} : { script }) })
	const reader = new Reader(world.clock, bytesPerSecond)
	const checksum = { algorithm: 'sha-256', value: sha256(file.body), source: 'caller' } as const
	return {
		world,
		reader,
		download: world.start({ connections, checksum }, new StreamedDestination(reader, windowBytes)),
	}
}

async function endOf({ world, download }: Streamed): Promise<Ending> {
	const ending = await world.end(download)
	expectNothingLeft(world, download)
	return ending
}

function expectWhole(ending: Ending, { reader }: Streamed): void {
	if (ending.kind === 'failed') throw ending.error
	expect(Buffer.compare(reader.content(), file.body)).toBe(0)
}

describe('a stream', () => {
	test('gets the bytes of eight lanes in order', async () => {
		const streamed = stream()
		const ending = await endOf(streamed)
		expectWhole(ending, streamed)
		expect(ending).toMatchObject({ result: { connectionsPeak: expect.any(Number) } })
		expect(streamed.download.endedMs).toBeLessThan(3000)
	})

	test('that is read slowly holds the lanes back', async () => {
		const streamed = stream({ bytesPerSecond: 400_000 })
		await streamed.world.clock.advance(3000)
		const ahead = streamed.world.transport.delivered - streamed.reader.bytes
		// The window, and what the lanes' blocks hold.
		expect(ahead).toBeLessThan(windowBytes + 8 * 2 * 4096 + 128 * 1024)
		expectWhole(await endOf(streamed), streamed)
	})

	test('comes through cuts', async () => {
		const streamed = stream({ script: (_asked, right) => ({ ...right, cutAt: 70_000 }) })
		expectWhole(await endOf(streamed), streamed)
	})

	test('of one lane goes on after a cut', async () => {
		const streamed = stream({ script: (_asked, right) => ({ ...right, cutAt: 900_000 }), connections: 1 })
		expectWhole(await endOf(streamed), streamed)
	})

	test('is not begun again under a reader that has had some of it', async () => {
		const world = new World({ version: file, ranges: false, script: (_asked, right) => ({ ...right, cutAt: mb }) })
		const reader = new Reader(world.clock)
		const download = world.start({}, new StreamedDestination(reader, windowBytes))
		const streamed = { world, reader, download }
		expect(['E_TRUNCATED', 'E_NETWORK']).toContain(expectFailure(await endOf(streamed)).code)
		expect(Buffer.compare(reader.content(), file.body.subarray(0, reader.bytes))).toBe(0)
	})

	test('is not continued with another version', async () => {
		const other = version(4 * mb, 2)
		const streamed: Streamed = stream({
			script: (asked, right) => {
				if (asked.nth === 12) streamed.world.server.version = other
				return asked.nth < 12 ? { ...right, cutAt: 100_000 } : streamed.world.server.rightReply(asked)
			},
		})
		expect(expectFailure(await endOf(streamed)).code).toBe('E_CHANGED')
	})

	test('that is read no more can be cancelled', async () => {
		const streamed = stream()
		streamed.reader.stopsAt = 500_000
		await streamed.world.clock.advance(10_000)
		const reason = new DownloadError('E_ABORTED', 'enough')
		streamed.download.run.command({ kind: 'cancel', reason })
		expect(expectFailure(await endOf(streamed))).toBe(reason)
	})

	test('that is read no more does not hold up the failure of a lane', async () => {
		// Beyond the window the other lanes wait for the reader.
		const gone: Script = ({ range }, right) => ((range?.start ?? 0) > 400_000 ? statusReply(right, 404) : right)
		const streamed = stream({ script: gone, connections: 4 })
		streamed.reader.stopsAt = 1
		expect(expectFailure(await endOf(streamed)).code).toBe('E_HTTP_STATUS')
	})

	test('that breaks ends the download with E_IO', async () => {
		const streamed = stream()
		await streamed.world.clock.advance(200)
		streamed.reader.destroy(new Error('gone'))
		expect(expectFailure(await endOf(streamed)).code).toBe('E_IO')
	})

	test('of parts whose length only their end tells has the right bytes', async () => {
		const streamed = stream({ script: (_asked, right) => ({ ...right, framing: 'chunked' }) })
		expectWhole(await endOf(streamed), streamed)
	})

	test('into which a part was written that ended early fails: nothing said that it was the file', async () => {
		const script: Script = ({ nth }, right) => ({
			...right,
			framing: 'chunked',
			body: nth === 4 ? right.body.subarray(0, 5000) : right.body,
		})
		expect(expectFailure(await endOf(stream({ script }))).code).toBe('E_TRUNCATED')
	})

	test('that is paused and resumed has the right bytes', async () => {
		const streamed = stream()
		await streamed.world.clock.advance(300)
		streamed.download.run.command({ kind: 'pause' })
		await streamed.world.clock.advance(1000)
		streamed.download.run.command({ kind: 'resume' })
		expectWhole(await endOf(streamed), streamed)
	})
})
