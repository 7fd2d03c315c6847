import type { ByteRange } from './byte-range.ts'

/** `bytes a-b/T` with the range made half-open; `bytes` is undefined for `*`. RFC 9110 §14.4. */
export interface ContentRange {
	readonly range: ByteRange
	readonly bytes: number | undefined
}

/** The `Range` field for bytes from `start`, to the end of the file where no `end` is given. RFC 9110 §14.1.2. */
export function rangeField(start: number, end?: number): string {
	return end === undefined ? `bytes=${start}-` : `bytes=${start}-${end - 1}`
}

/**
 * Reads a Content-Range of a 206. Undefined where it is missing or invalid: last before first, a total that does not
 * hold the range, another unit, numbers beyond 2^53−1. RFC 9110 §14.4 forbids to combine such a response.
 */
export function parseContentRange(field: string | undefined): ContentRange | undefined {
	const match = /^bytes[ \t]+(\d{1,16})-(\d{1,16})\/(?:(\d{1,16})|\*)$/i.exec(field ?? '')
	if (match === null) return undefined
	const first = Number(match[1])
	const last = Number(match[2])
	const bytes = match[3] === undefined ? undefined : Number(match[3])
	if (![first, last + 1, bytes ?? 0].every(Number.isSafeInteger)) return undefined
	if (last < first || (bytes !== undefined && last >= bytes)) return undefined
	return { range: { start: first, end: last + 1 }, bytes }
}

/** The total that a 416 names in `bytes`, star, slash, total; undefined where it does not say. RFC 9110 §15.5.17. */
export function parseUnsatisfiedTotal(field: string | undefined): number | undefined {
	const match = /^bytes[ \t]+\*\/(\d{1,16})$/i.exec(field ?? '')
	const bytes = Number(match?.[1])
	return Number.isSafeInteger(bytes) ? bytes : undefined
}
