/**
 * Deals out `limit` among wishes, max–min fair: nobody gets more than wished for, and nobody more than another whose wish
 * is not met, but for the one that cannot be divided; the earlier have that.
 */
export function fairShares(limit: number, wishes: readonly number[]): readonly number[] {
	const shares = wishes.map(() => 0)
	let left = limit
	for (let unmet = wishes.length; unmet > 0 && left > 0; ) {
		const hungry = wishes.flatMap((wish, index) => (wish > (shares[index] as number) ? index : []))
		unmet = hungry.length
		const each = Math.max(1, Math.floor(left / Math.max(1, unmet)))
		for (const index of hungry) {
			const given = Math.min(each, (wishes[index] as number) - (shares[index] as number), left)
			shares[index] = (shares[index] as number) + given
			left -= given
		}
	}
	return shares
}
