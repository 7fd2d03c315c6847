import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dealt } from './dealt.ts'

test.each<[string, number, number[], number[]]>([
	['all wishes are met where there is enough', 32, [4, 1, 8], [4, 1, 8]],
	['equal wishes get equal shares', 32, [32, 32], [16, 16]],
	['who wants less leaves the rest to the others', 32, [32, 2, 32], [15, 2, 15]],
	['what cannot be divided goes to the earlier', 5, [4, 4, 4], [2, 2, 1]],
	['the later have none where there is not one for each', 2, [1, 3, 1], [1, 1, 0]],
	['nobody gets what nobody wants', 8, [0, 3], [0, 3]],
	['nothing is dealt from nothing', 0, [1, 2], [0, 0]],
	['nor from less', -1, [1], [0]],
	['without a limit all wishes are met', Number.POSITIVE_INFINITY, [3, 5], [3, 5]],
	['nobody shares with nobody', 8, [], []],
])('%s', (_, limit, wishes, shares) => {
	expect(dealt(limit, wishes)).toEqual(shares)
})

test('shares are max–min fair: no more than wished for, nothing left over, and who misses some has no less than any other', () => {
	const wish = fc.integer({ min: 0, max: 40 })
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 100 }), fc.array(wish), (limit, wishes) => {
			const shares = dealt(limit, wishes)
			const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
			expect(sum(shares)).toBe(Math.min(limit, sum(wishes)))
			const most = Math.max(0, ...shares)
			for (const [index, share] of shares.entries()) {
				const wished = wishes[index] as number
				expect(share).toBeLessThanOrEqual(wished)
				if (share < wished) expect(share).toBeGreaterThanOrEqual(most - 1)
			}
		}),
	)
})
