import { describe, expect, test } from 'vitest'
import { partOf, partReply, type Reply, type Script, statusReply, wholeReply } from '../support/scripted/server.ts'
import { expectBytes, expectFailure, runToEnd, version, World } from '../support/scripted/world.ts'

const mb = 1_000_000
const file = version(4 * mb)

const withoutContentRange = (right: Reply): Reply => {
	const { 'content-range': _, ...fields } = right.fields
	return { ...right, fields }
}

const errorPage = new TextEncoder().encode('<h1>Slow down, please</h1>')

describe('a server with ideas of its own about ranges', () => {
	test('that knows none sends the file as one stream', async () => {
		const world = new World({ version: file, ranges: false })
		const result = expectBytes(await runToEnd(world, { connections: 8 }), file)
		expect(result.connectionsPeak).toBe(1)
		expect(world.server.asked).toHaveLength(1)
	})

	test('that knows none starts again after a break, and the bytes are right', async () => {
		const script: Script = ({ nth }, right) => (nth <= 2 ? { ...right, cutAt: nth * mb } : right)
		const world = new World({ version: file, ranges: false, script })
		expectBytes(await runToEnd(world, { connections: 8 }), file)
		expect(world.server.asked).toHaveLength(3)
	})

	test('that ignores them on all further connections keeps its first stream', async () => {
		const script: Script = ({ connection }, right) => (connection > 1 ? wholeReply(right, file) : right)
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(result.bytesReceived).toBeLessThan(1.2 * file.body.length)
	})

	test('that ignores them from some moment on gives the file by one stream', async () => {
		const script: Script = ({ atMs }, right) => (atMs > 600 ? wholeReply(right, file) : { ...right, cutAt: 400_000 })
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test('that sends no Content-Range but the first time never leads to wrong bytes', async () => {
		const script: Script = ({ nth }, right) => (nth > 1 ? withoutContentRange(right) : right)
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test('that sends no Content-Range after the first connection broke is asked for the whole', async () => {
		const script: Script = ({ nth, range }, right) => {
			if (nth === 1) return { ...right, cutAt: 500_000 }
			return range === undefined ? right : withoutContentRange(right)
		}
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 1 }), file)
	})

	test('that sends less than was asked for is asked for the rest', async () => {
		const script: Script = (_asked, right) => {
			const part = partOf(right)
			return part === undefined ? right : partReply(right, file, part.start, Math.min(part.end, part.start + 150_000))
		}
		const world = new World({ version: file, script })
		const result = expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(result.bytesReceived).toBe(file.body.length)
	})

	test('that sends more than was asked for is cut', async () => {
		const script: Script = (_asked, right) => {
			const part = partOf(right)
			return part === undefined ? right : partReply(right, file, part.start, file.body.length)
		}
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test('that sends another part than was asked for never leads to wrong bytes', async () => {
		const script: Script = ({ nth }, right) => {
			const part = partOf(right)
			if (nth === 1 || part === undefined) return right
			return partReply(right, file, part.start - 1, part.end - 1)
		}
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test('that chunks more into a part than Content-Range says is not believed', async () => {
		const script: Script = ({ nth }, right) => {
			const part = partOf(right)
			if (nth === 1 || part === undefined) return right
			return { ...right, framing: 'chunked', body: Buffer.concat([right.body, errorPage]) }
		}
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test('that chunks an error page into a part is not believed', async () => {
		const script: Script = ({ nth }, right) =>
			nth % 2 === 0 ? { ...right, framing: 'chunked', body: errorPage } : right
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test('that chunks an error page into a smaller part is not believed', async () => {
		const tiny = version(10)
		const script: Script = ({ nth }, right) => (nth === 1 ? { ...right, framing: 'chunked', body: errorPage } : right)
		expectBytes(await runToEnd(new World({ version: tiny, script })), tiny)
	})

	test('that sends an error page under the length of a part is not believed', async () => {
		const script: Script = ({ nth }, right) => (nth % 2 === 0 ? { ...right, body: errorPage } : right)
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test('that dislikes the first range is asked once more without', async () => {
		const script: Script = ({ range }, right) => (range === undefined ? right : statusReply(right, 400))
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
		expect(world.server.asked).toHaveLength(2)
	})
})

describe('a length', () => {
	test.each([0, 1])('of %i bytes is right', async bytes => {
		const tiny = version(bytes)
		const world = new World({ version: tiny })
		expect(expectBytes(await runToEnd(world, { connections: 8 }), tiny).bytes).toBe(bytes)
	})

	test.each([0, 1])('of %i bytes is right where the server knows no ranges', async bytes => {
		const tiny = version(bytes)
		const world = new World({ version: tiny, ranges: false })
		expectBytes(await runToEnd(world, { connections: 8 }), tiny)
	})

	test('that is not announced ends with the last chunk', async () => {
		const world = new World({
			version: file,
			ranges: false,
			script: (_asked, right) => ({ ...right, framing: 'chunked' }),
		})
		const result = expectBytes(await runToEnd(world, { connections: 8 }), file)
		expect(result.lengthVerified).toBe(true)
	})

	test('that only a close marks is said to be unverified', async () => {
		const world = new World({
			version: file,
			ranges: false,
			script: (_asked, right) => ({ ...right, framing: 'close' }),
		})
		expect(expectBytes(await runToEnd(world), file).lengthVerified).toBe(false)
	})

	test.each([0, 1])('of %i bytes that is not announced is right', async bytes => {
		const tiny = version(bytes)
		const world = new World({
			version: tiny,
			ranges: false,
			script: (_asked, right) => ({ ...right, framing: 'chunked' }),
		})
		expectBytes(await runToEnd(world), tiny)
	})

	test('that is not announced and breaks off starts again', async () => {
		const script: Script = ({ nth }, right) => ({
			...right,
			framing: 'chunked',
			...(nth < 3 ? { cutAt: 300_000, cutBy: 'E_TRUNCATED' } : {}),
		})
		const world = new World({ version: file, ranges: false, script })
		expectBytes(await runToEnd(world), file)
	})

	test('that the server names as * is found out by asking on', async () => {
		const script: Script = ({ range }, right) => {
			const part = partOf(right)
			if (part === undefined || range === undefined) return right
			const end = Math.min(part.end, part.start + mb)
			const reply = partReply(right, file, part.start, end)
			return { ...reply, fields: { ...reply.fields, 'content-range': `bytes ${part.start}-${end - 1}/*` } }
		}
		const world = new World({ version: file, script })
		expectBytes(await runToEnd(world, { connections: 4 }), file)
	})

	test.each(['length', 'chunked'] as const)('beyond the limit is refused, by %s', async framing => {
		const world = new World({ version: file, ranges: false, script: (_asked, right) => ({ ...right, framing }) })
		const error = expectFailure(await runToEnd(world, { maxBytes: 2 * mb }))
		expect(error.code).toBe('E_TOO_LARGE')
		expect(world.transport.delivered).toBeLessThan(2.1 * mb)
	})
})
