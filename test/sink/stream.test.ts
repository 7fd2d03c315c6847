import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createStreamSink } from '../../src/sink/stream.ts'
import { sinkContract } from '../contract/sink.ts'
import { pseudoRandom } from '../support/body.ts'
import { tempDir } from '../support/temp-dir.ts'

const plain = { crc: false }

sinkContract('the stream sink', async () => {
	const stream = new PassThrough()
	const content = buffer(stream)
	// The stream of a sink that was let go ends in an error, of which nobody asks.
	content.catch(() => {})
	return { sink: createStreamSink(stream), content: () => content, cleanUp: async () => {} }
})

/** Takes a piece only when told to. */
class Reluctant extends Writable {
	readonly taken: Buffer[] = []
	take: (() => void) | undefined

	constructor() {
		super({ highWaterMark: 1 })
	}

	override _write(chunk: Buffer, _encoding: string, done: () => void): void {
		this.take = () => {
			this.take = undefined
			this.taken.push(chunk)
			done()
		}
	}

	async takeOne(): Promise<void> {
		while (this.take === undefined) await new Promise(resolve => setImmediate(resolve))
		this.take()
	}
}

async function settled(promise: Promise<unknown>): Promise<boolean> {
	let done = false
	promise.then(
		() => {
			done = true
		},
		() => {
			done = true
		},
	)
	for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
	return done
}

describe('the stream sink', () => {
	test('a write settles once it starts within the window of what the stream has taken', async () => {
		const stream = new Reluctant()
		const sink = createStreamSink(stream, { windowBytes: 100 })
		const body = pseudoRandom(300)
		expect(await settled(sink.write(100, body.subarray(100, 200), plain))).toBe(true)
		const beyond = sink.write(200, body.subarray(200), plain)
		expect(await settled(beyond)).toBe(false)
		expect(await settled(sink.write(0, body.subarray(0, 100), plain))).toBe(true)
		expect(await settled(beyond)).toBe(false)
		await stream.takeOne()
		expect(await settled(beyond)).toBe(true)
		await stream.takeOne()
		await stream.takeOne()
		await sink.publish(300)
		expect(Buffer.compare(Buffer.concat(stream.taken), body)).toBe(0)
	})

	test('hands on nothing more while the stream is full', async () => {
		const stream = new Reluctant()
		const sink = createStreamSink(stream)
		await Promise.all([0, 1, 2].map(at => sink.write(at, pseudoRandom(3).subarray(at, at + 1), plain)))
		expect(await settled(new Promise(() => {}))).toBe(false)
		expect(stream.writableLength).toBe(1)
		await sink.close()
	})

	test('a stream that keeps what it was given is never handed memory that is filled again', async () => {
		const stream = new PassThrough({ highWaterMark: 1_000_000 })
		const sink = createStreamSink(stream)
		const block = Buffer.alloc(100)
		const body = pseudoRandom(1_000)
		for (let at = 0; at < 1_000; at += 100) {
			body.copy(block, 0, at, at + 100)
			await sink.write(at, block, plain)
		}
		await sink.publish(1_000)
		expect(Buffer.compare(await buffer(stream), body)).toBe(0)
	})

	test('the tap sees every byte in order, whatever the order they came in', async () => {
		const stream = new PassThrough()
		stream.resume()
		const seen: Buffer[] = []
		const sink = createStreamSink(stream, { tap: bytes => seen.push(Buffer.from(bytes)) })
		const body = pseudoRandom(1_000)
		for (const at of [600, 200, 800, 0, 400]) await sink.write(at, body.subarray(at, at + 200), plain)
		expect(Buffer.compare(Buffer.concat(seen), body)).toBe(0)
		await sink.publish(1_000)
	})

	test('a broken pipe is E_IO for the write that waits and for all that follow', async () => {
		const stream = new Reluctant()
		const sink = createStreamSink(stream, { windowBytes: 0 })
		await sink.write(0, pseudoRandom(10), plain)
		const waiting = sink.write(10, pseudoRandom(10), plain)
		stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
		await expect(waiting).rejects.toMatchObject({ code: 'E_IO', details: { code: 'EPIPE' } })
		await expect(sink.write(20, pseudoRandom(10), plain)).rejects.toMatchObject({ code: 'E_IO' })
		await expect(sink.publish(30)).rejects.toMatchObject({ code: 'E_IO' })
		await sink.close()
	})

	test('a stream that was closed before the first byte is E_IO', async () => {
		const stream = new PassThrough()
		stream.destroy()
		const sink = createStreamSink(stream)
		await sink.write(0, pseudoRandom(10), plain)
		await expect(sink.publish(10)).rejects.toMatchObject({ code: 'E_IO' })
	})

	test('a close does not wait for a reader that reads no more, and the reader sees no clean end', async () => {
		const stream = new PassThrough({ highWaterMark: 1 })
		const sink = createStreamSink(stream)
		await sink.write(0, pseudoRandom(100_000), plain)
		await sink.close()
		expect(stream.destroyed).toBe(true)
		expect(stream.writableFinished).toBe(false)
	})

	test('a file written as a stream has the bytes when publish resolves', async () => {
		await using folder = await tempDir()
		const path = join(folder.path, 'out')
		const sink = createStreamSink(createWriteStream(path))
		const body = pseudoRandom(1_000_000)
		await Promise.all(
			Array.from({ length: 10 }, (_, index) => 900_000 - index * 100_000).map(at =>
				sink.write(at, body.subarray(at, at + 100_000), plain),
			),
		)
		await sink.publish(body.length)
		expect(Buffer.compare(await readFile(path), body)).toBe(0)
	})
})
