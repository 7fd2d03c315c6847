import { fairLevel } from '../../src/control/fair-level.ts'

/** What each gets, in the order of the wishes. */
export function dealt(limit: number, wishes: readonly number[]): number[] {
	const counts = new Map<number, number>()
	for (const wish of wishes) counts.set(wish, (counts.get(wish) ?? 0) + 1)
	let { level, rest } = fairLevel(limit, counts)
	return wishes.map(wish => {
		if (wish <= level) return wish
		rest -= 1
		return rest >= 0 ? level + 1 : level
	})
}
