import { describe, expect, test } from 'vitest'
import { createMemorySink } from '../../src/sink/memory.ts'
import { sinkContract } from '../contract/sink.ts'
import { pseudoRandom } from '../support/body.ts'

sinkContract('the memory sink', async () => {
	const sink = createMemorySink()
	return { sink, content: async () => sink.content(), cleanUp: async () => {} }
})

describe('the memory sink', () => {
	test('begins with what an earlier run left', async () => {
		const sink = createMemorySink({ content: pseudoRandom(100) })
		await sink.write(100, pseudoRandom(50, 2), { crc: false })
		expect(Buffer.compare(sink.content(), Buffer.concat([pseudoRandom(100), pseudoRandom(50, 2)]))).toBe(0)
	})

	test('a full disk is E_NO_SPACE and changes nothing', async () => {
		const sink = createMemorySink({ limitBytes: 100 })
		await sink.write(0, pseudoRandom(100), { crc: false })
		await expect(sink.write(60, pseudoRandom(50, 2), { crc: false })).rejects.toMatchObject({ code: 'E_NO_SPACE' })
		expect(Buffer.compare(sink.content(), pseudoRandom(100))).toBe(0)
	})

	test('says how it ended', async () => {
		const published = createMemorySink()
		await published.publish(0)
		await published.close()
		expect(published.outcome).toEqual({ kind: 'published', bytes: 0 })
		const discarded = createMemorySink({ content: pseudoRandom(10) })
		await discarded.discard()
		expect(discarded.outcome).toEqual({ kind: 'discarded' })
		expect(discarded.content()).toHaveLength(0)
	})
})

test('what it begins with stays as it is for whoever gave it', async () => {
	const content = Buffer.from('as it was')
	const sink = createMemorySink({ content })
	await sink.write(0, Buffer.from('not'), { crc: false })
	expect(content.toString()).toBe('as it was')
	expect(Buffer.from(sink.content()).toString()).toBe('notit was')
})
