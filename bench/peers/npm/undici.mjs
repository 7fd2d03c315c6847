// `node undici.mjs URL TARGET CONNECTIONS`: the file in as many ranges, each streamed to its place by what Node users
// would take: undici's `request` and a write stream.
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { Agent, request } from 'undici'

const [, , url = '', target = '', connections = '1'] = process.argv
const dispatcher = new Agent({ connections: Number(connections) })
const { headers, body } = await request(url, { method: 'HEAD', dispatcher })
await body.dump()
const bytes = Number(headers['content-length'])
const rangeBytes = Math.ceil(bytes / Number(connections))
await (await open(target, 'w')).close()
const starts = Array.from({ length: Number(connections) }, (_, range) => range * rangeBytes)
await Promise.all(starts.map(start => fetchRange(start, Math.min(start + rangeBytes, bytes))))
await dispatcher.close()

async function fetchRange(start, end) {
	const { body } = await request(url, { headers: { range: `bytes=${start}-${end - 1}` }, dispatcher })
	await pipeline(body, createWriteStream(target, { flags: 'r+', start }))
}
