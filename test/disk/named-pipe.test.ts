import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/api/system.ts'
import { openNamedPipe } from '../../src/disk/named-pipe.ts'
import { createStreamSink } from '../../src/sink/stream.ts'
import { sinkContract } from '../contract/sink.ts'
import { pseudoRandom } from '../support/body.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { tempDir } from '../support/temp-dir.ts'

/** More than a pipe holds, so that the writer has to wait for the reader again and again. */
const body = pseudoRandom(300_000)

async function makePipe(): Promise<string> {
	const folder = await tempDir()
	onTestFinished(() => folder[Symbol.asyncDispose]())
	const path = join(folder.path, 'pipe')
	execFileSync('mkfifo', [path])
	return path
}

/** A process of its own, which may wait for a writer that never comes. */
function read(path: string): { readonly content: Promise<Buffer>; readonly reader: ChildProcess } {
	const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'ignore'] })
	return { content: buffer(reader.stdout), reader }
}

sinkContract('the sink of a named pipe', async () => {
	const path = await makePipe()
	const { content, reader } = read(path)
	return {
		sink: createStreamSink(openNamedPipe(path, systemClock)),
		content: () => content,
		cleanUp: async () => void reader.kill(),
	}
})

test('the bytes wait for a reader who comes later', async () => {
	const path = await makePipe()
	const clock = new FakeClock()
	const pipe = openNamedPipe(path, clock)
	pipe.end(body)
	await clock.advance(60_000)
	expect(pipe.writableFinished).toBe(false)
	const { content } = read(path)
	while (clock.pending > 0) {
		await clock.advance(50)
		await new Promise(setImmediate)
	}
	expect((await content).equals(body)).toBe(true)
})

test('one that is given up waits for nobody any more', async () => {
	const clock = new FakeClock()
	const pipe = openNamedPipe(await makePipe(), clock)
	pipe.write(body)
	expect(clock.pending).toBe(1)
	pipe.destroy()
	await once(pipe, 'close')
	expect(clock.pending).toBe(0)
})

test('a reader who leaves is told as a broken pipe', async () => {
	const path = await makePipe()
	const pipe = openNamedPipe(path, systemClock)
	const { reader } = read(path)
	const failed = once(pipe, 'error')
	pipe.write(body, () => reader.kill())
	await once(reader, 'exit')
	pipe.write(body)
	const [error] = await failed
	expect(error).toMatchObject({ code: 'EPIPE' })
})

test('a pipe that is gone is told as what it is', async () => {
	const pipe = openNamedPipe('/nowhere/pipe', systemClock)
	const failed = once(pipe, 'error')
	pipe.write(body)
	expect((await failed)[0]).toMatchObject({ code: 'ENOENT' })
})
