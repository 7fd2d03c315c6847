/** A run of bytes inside the program: `end` is not in it. HTTP's inclusive form lives in `content-range.ts` alone. */
export interface ByteRange {
	readonly start: number
	readonly end: number
}

export const lengthOf = (range: ByteRange): number => range.end - range.start

export const isEmpty = (range: ByteRange): boolean => range.end <= range.start

/** The bytes that both have; empty, with `start === end`, where they have none. */
export function intersection(a: ByteRange, b: ByteRange): ByteRange {
	const start = Math.max(a.start, b.start)
	return { start, end: Math.max(start, Math.min(a.end, b.end)) }
}
