import type { Random } from '../base/random.ts'

const baseMs = 250
const longestMs = 30_000

/**
 * How long to wait before the nth attempt (1 = the first repetition): a random time below min(30 s, 250 ms · 2ⁿ).
 *
 * Full jitter: lanes that failed together must not come back together.
 */
export function backoffMs(attempt: number, random: Random): number {
	return random() * Math.min(longestMs, baseMs * 2 ** attempt)
}
