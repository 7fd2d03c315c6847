import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createStreamDestination } from '../../src/destination/stream.ts'
import { pseudoRandom, sha256 } from '../support/body.ts'
import { here, newFile, openPlace } from './disk.ts'

test('a stream is handed the content in order and hashed on the way; there is nothing to go on with', async () => {
	const stream = new PassThrough()
	const received = buffer(stream)
	const destination = createStreamDestination(stream)
	expect(await destination.findUnfinished('any', here)).toBeUndefined()
	const place = await openPlace(destination, newFile())
	expect(place).toMatchObject({ path: undefined, journal: undefined, state: undefined })
	const hashing = place.hash(['sha-256'])
	const content = pseudoRandom(100_000)
	for (const at of [50_000, 0]) await place.sink.write(at, content.subarray(at, at + 50_000), { crc: false })
	expect((await hashing.finish(content.length)).get('sha-256')).toBe(sha256(content))
	await place.confirm()
	expect(await place.sink.publish(content.length)).toEqual({ path: undefined })
	expect(Buffer.compare(await received, content)).toBe(0)
})
