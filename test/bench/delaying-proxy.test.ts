import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { expect, it } from 'vitest'
import { startDelayingProxy } from '../../bench/line/delaying-proxy.ts'
import { pseudoRandom } from '../support/body.ts'
import { reset, startRawServer } from '../support/raw-server.ts'

const host = '127.0.0.1'
const body = pseudoRandom(5_000_000)

it('brings all bytes in their order, and the end after them', async () => {
	await using server = await startRawServer(socket => socket.end(body))
	await using line = await startDelayingProxy(
		{ roundTripMs: 20, loss: { everyMs: 30, lastsMs: 10 } },
		{ ...server, host },
	)
	const got = await connect(line.port, host).toArray()
	expect(Buffer.concat(got).equals(body)).toBe(true)
})

it('takes a round trip for the connection and one for the first answer', async () => {
	await using server = await startRawServer(socket => socket.once('data', () => socket.end('answer')))
	await using line = await startDelayingProxy({ roundTripMs: 100 }, { ...server, host })
	const startMs = performance.now()
	const client = connect(line.port, host)
	client.write('question')
	expect(Buffer.concat(await client.toArray()).toString()).toBe('answer')
	expect(performance.now() - startMs).toBeGreaterThanOrEqual(199)
})

it('passes a reset on as a reset', async () => {
	await using server = await startRawServer(socket => socket.once('data', () => reset(socket)))
	await using line = await startDelayingProxy({ roundTripMs: 10 }, { ...server, host })
	const client = connect(line.port, host)
	client.write('question')
	await expect(client.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
})

it('lets the server know when the client is gone', async () => {
	let leave: () => void = () => {}
	const gone = new Promise<void>(resolve => {
		leave = resolve
	})
	await using server = await startRawServer(socket => socket.once('close', leave).resume().write('here'))
	await using line = await startDelayingProxy({ roundTripMs: 10 }, { ...server, host })
	const client = connect(line.port, host)
	client.once('data', () => client.destroy())
	await gone
})
