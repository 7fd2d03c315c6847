import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDownloadError } from '../../src/base/errors.ts'
import type { Sink } from '../../src/sink/contract.ts'
import { pseudoRandom } from '../support/body.ts'

/** A sink to be tried, and a look at what came of it that does not go through the sink. */
export interface SinkUnderTest {
	readonly sink: Sink
	/** What lies where the sink keeps its bytes; for a stream, what it was handed. */
	content(): Promise<Uint8Array>
	cleanUp(): PromiseLike<void>
}

const plain = { crc: false }

/** What every sink promises; what an ability leaves out is not asked of one without it. */
export function sinkContract(name: string, open: () => Promise<SinkUnderTest>): void {
	describe(`${name} keeps the contract of a sink`, () => {
		const trial = (story: (tried: SinkUnderTest) => Promise<void>) => async () => {
			const tried = await open()
			try {
				await story(tried)
			} finally {
				await tried.sink.close()
				await tried.cleanUp()
			}
		}

		test(
			'writes in the order of the content give the content',
			trial(async ({ sink, content }) => {
				const body = pseudoRandom(10_000)
				for (let at = 0; at < body.length; at += 1_000) await sink.write(at, body.subarray(at, at + 1_000), plain)
				await sink.publish(body.length)
				expect(Buffer.compare(await content(), body)).toBe(0)
			}),
		)

		test('writes under way at the same time, in any order and of any length, give the content', async () => {
			const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 4_999 }), { maxLength: 12 })
			await fc.assert(
				fc.asyncProperty(cuts, fc.infiniteStream(fc.nat()), async (cuts, chance) => {
					await trial(async ({ sink, content }) => {
						const body = pseudoRandom(5_000)
						const edges = [0, ...cuts.sort((a, b) => a - b), body.length]
						const pieces = edges.slice(1).map((end, index) => ({ start: edges[index] as number, end }))
						const order = pieces.map(piece => ({ piece, key: chance.next().value })).sort((a, b) => a.key - b.key)
						await Promise.all(
							order.map(({ piece }) => sink.write(piece.start, body.subarray(piece.start, piece.end), plain)),
						)
						await sink.publish(body.length)
						expect(Buffer.compare(await content(), body)).toBe(0)
					})()
				}),
				{ numRuns: 25 },
			)
		})

		test(
			'memory that a settled write used may be filled again at once',
			trial(async ({ sink, content }) => {
				const body = pseudoRandom(40_000)
				const block = Buffer.alloc(1_000)
				for (let at = 0; at < body.length; at += block.length) {
					body.copy(block, 0, at, at + block.length)
					await sink.write(at, block, plain)
				}
				block.fill(0)
				await sink.publish(body.length)
				expect(Buffer.compare(await content(), body)).toBe(0)
			}),
		)

		test(
			'a receipt holds the CRC32 of exactly the bytes written, where it was asked for',
			trial(async ({ sink }) => {
				const body = pseudoRandom(3_000)
				expect(await sink.write(0, body.subarray(0, 1_000), { crc: true })).toEqual({
					crc32: crc32(body.subarray(0, 1_000)),
				})
				expect(await sink.write(1_000, body.subarray(1_000), plain)).toEqual({ crc32: undefined })
			}),
		)

		test(
			'an empty write changes nothing',
			trial(async ({ sink, content }) => {
				await sink.write(0, new Uint8Array(0), plain)
				await sink.publish(0)
				expect(await content()).toHaveLength(0)
			}),
		)

		test(
			'the checksum of what is there is that of what was written, and there is none beyond the end',
			trial(async ({ sink }) => {
				if (sink.checksum === undefined) return
				const body = pseudoRandom(3_000_000)
				await sink.write(0, body, plain)
				expect(await sink.checksum(1_000, 2_500_000)).toBe(crc32(body.subarray(1_000, 2_501_000)))
				expect(await sink.checksum(0, body.length)).toBe(crc32(body))
				expect(await sink.checksum(1, body.length)).toBeUndefined()
			}),
		)

		test(
			'a flush resolves with writes settled and under way',
			trial(async ({ sink }) => {
				await sink.write(0, pseudoRandom(1_000), plain)
				const underWay = sink.write(1_000, pseudoRandom(1_000), plain)
				await sink.flush()
				await underWay
			}),
		)

		test(
			'content that is shorter than was to be published is not published',
			trial(async ({ sink }) => {
				await sink.write(0, pseudoRandom(1_000), plain)
				await expect(sink.publish(1_001)).rejects.toSatisfy(error => isDownloadError(error))
			}),
		)

		test(
			'a close waits for the writes under way, and may be repeated',
			trial(async ({ sink }) => {
				let settled = 0
				const body = pseudoRandom(4_000)
				const writes = [0, 1_000, 2_000, 3_000].map(at =>
					sink.write(at, body.subarray(at, at + 1_000), plain).finally(() => {
						settled += 1
					}),
				)
				const all = Promise.allSettled(writes)
				await sink.close()
				await sink.close()
				await all
				expect(settled).toBe(4)
			}),
		)

		test(
			'after a close every call but close and discard is refused with a DownloadError',
			trial(async ({ sink }) => {
				await sink.close()
				const refused = (error: unknown) => isDownloadError(error)
				await expect(sink.write(0, pseudoRandom(10), plain)).rejects.toSatisfy(refused)
				await expect(sink.flush()).rejects.toSatisfy(refused)
				await expect(sink.publish(0)).rejects.toSatisfy(refused)
				await sink.discard()
			}),
		)
	})
}
