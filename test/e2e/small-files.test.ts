import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, sep } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { runSession, type SessionListener } from '../../src/session/session.ts'
import { pseudoRandom } from '../support/body.ts'
import { tempDir } from '../support/temp-dir.ts'

const deaf: SessionListener = { begun() {}, told() {}, ended() {} }
const contentOf = (number: number): Buffer => pseudoRandom(1_000 + 30 * number, number)

/** A plain server of small files, in parts as they are asked for. */
async function serve() {
	const counts = { connections: 0, requests: 0 }
	const server = createServer((request, response) => {
		counts.requests += 1
		const content = contentOf(Number(request.url?.slice(1)))
		const [, start = '0'] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? []
		const part = content.subarray(Number(start))
		response.writeHead(206, {
			'Content-Length': part.length,
			'Content-Range': `bytes ${start}-${content.length - 1}/${content.length}`,
			ETag: `"${request.url}"`,
		})
		response.end(part)
	})
	server.keepAliveTimeout = 60_000
	server.on('connection', () => {
		counts.connections += 1
	})
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	const close = async (): Promise<void> => {
		server.closeAllConnections()
		server.close()
	}
	return { counts, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close }
}

test('200 small files take one request each, as many connections as files at once, and leave nothing beside them', async () => {
	await using server = await serve()
	await using folder = await tempDir()
	const client = createClient({ hostMemory: false })
	const names = Array.from({ length: 200 }, (_, number) => `${number}`)
	const jobs = names.map((name, index) => ({
		id: index + 1,
		url: new URL(`${server.url}/${name}`),
		options: { to: `${folder.path}${sep}` },
	}))
	const { signal } = new AbortController()
	const outcomes = await runSession(jobs, { client, filesAtOnce: 8, signal, listener: deaf })
	await client.close()

	expect(outcomes.filter(({ kind }) => kind !== 'done')).toEqual([])
	expect(readdirSync(folder.path).sort()).toEqual([...names].sort())
	for (const name of names)
		expect(Buffer.compare(readFileSync(join(folder.path, name)), contentOf(Number(name)))).toBe(0)
	expect(server.counts.requests).toBe(200)
	expect(server.counts.connections).toBeLessThanOrEqual(8)
})
