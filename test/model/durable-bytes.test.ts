import { expect, test } from 'vitest'
import type { ByteRange } from '../../src/model/byte-range.ts'
import { durableBytes } from '../../src/model/durable-bytes.ts'

const written = (start: number, end: number) => ({ kind: 'written', range: { start, end } }) as const
const durable = (start: number, end: number) => ({ kind: 'durable', range: { start, end } }) as const

test.each<[string, Parameters<typeof durableBytes>[0], readonly ByteRange[]]>([
	['nothing', [], []],
	['what was only written', [written(0, 8)], []],
	['what was synced', [written(0, 8), durable(0, 8)], [{ start: 0, end: 8 }]],
	['two syncs side by side', [durable(0, 4), durable(4, 8)], [{ start: 0, end: 8 }]],
	[
		'what was written over after its sync',
		[durable(0, 8), written(2, 4)],
		[
			{ start: 0, end: 2 },
			{ start: 4, end: 8 },
		],
	],
	['what was synced once more after that', [durable(0, 8), written(2, 4), durable(2, 4)], [{ start: 0, end: 8 }]],
])('of %s as much is durable', (_, records, ranges) => {
	expect(durableBytes(records).ranges).toEqual(ranges)
})
