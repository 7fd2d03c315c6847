/** What is dealt out so that nobody gets more than another whose wish is not met. */
export interface FairLevel {
	/** Everyone gets what he wishes for, up to this. */
	readonly level: number
	/** So many of those who wish for more get one more, the earlier first: what cannot be divided. */
	readonly rest: number
}

/** Deals out `limit` among wishes, max–min fair; `wishes` is how many there are that wish for so much. */
export function fairLevel(limit: number, wishes: ReadonlyMap<number, number>): FairLevel {
	let left = Math.max(0, limit)
	let hungry = [...wishes.values()].reduce((sum, count) => sum + count, 0)
	let level = 0
	for (const [wish, count] of [...wishes].sort(([a], [b]) => a - b)) {
		const needed = (wish - level) * hungry
		if (needed > left) return { level: level + Math.floor(left / hungry), rest: left % hungry }
		left -= needed
		level = wish
		hungry -= count
	}
	return { level, rest: 0 }
}
