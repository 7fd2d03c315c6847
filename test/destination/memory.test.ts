import { expect, test } from 'vitest'
import { createMemoryDestination } from '../../src/destination/memory.ts'
import { pseudoRandom, sha256 } from '../support/body.ts'
import { elsewhere, here, newFile, openPlace } from './disk.ts'

const content = pseudoRandom(1_000)
const file = newFile({ bytes: content.length })

test('a place in memory keeps content and journal, and hashes what is written in any order', async () => {
	const destination = createMemoryDestination()
	const place = await openPlace(destination, file)
	const hashing = place.hash(['sha-256'])
	await place.sink.write(500, content.subarray(500), { crc: false })
	await place.sink.write(0, content.subarray(0, 500), { crc: false })
	hashing.advance(700)
	expect((await hashing.finish(1_000)).get('sha-256')).toBe(sha256(content))
	await place.sink.publish(1_000)
	expect(destination.place?.sink.outcome).toEqual({ kind: 'published', bytes: 1_000 })
	expect(Buffer.compare(destination.place?.sink.content() ?? Buffer.alloc(0), content)).toBe(0)
	expect((await place.journal?.load())?.header).toMatchObject({ ...here, bytes: 1_000 })
})

test('an unfinished run is found by its URL alone, with content and journal', async () => {
	const first = createMemoryDestination()
	const place = await openPlace(first, file)
	await place.sink.write(0, content.subarray(0, 500), { crc: false })
	place.journal?.append({ kind: 'durable', range: { start: 0, end: 500 } })
	const state = await place.journal?.load()
	if (state === undefined) throw new Error('Expected a journal')
	const second = createMemoryDestination({ unfinished: { content: content.subarray(0, 500), state } })
	expect(await second.findUnfinished('any', elsewhere)).toBeUndefined()
	const found = await second.findUnfinished('any', here)
	expect(found?.state).toEqual(state)
	await found?.sink.write(500, content.subarray(500), { crc: false })
	expect(Buffer.compare(second.place?.sink.content() ?? Buffer.alloc(0), content)).toBe(0)
})

test('what cannot be resumed has no journal', async () => {
	const destination = createMemoryDestination()
	expect((await openPlace(destination, newFile({ resumable: false }))).journal).toBeUndefined()
	expect((await openPlace(destination, newFile({ bytes: undefined }))).journal).toBeUndefined()
})
