import { parseHttpDate } from '../model/http-date.ts'

/**
 * The delay that a Retry-After field asks for, in milliseconds; 0 for a date that is past, undefined for garbage.
 *
 * RFC 9110 §10.2.3 allows digits or an HTTP-date, nothing else. How much is too much is for the caller to say.
 */
export function parseRetryAfter(value: string, wallMs: number): number | undefined {
	if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER)
	const atMs = parseHttpDate(value, wallMs)
	return atMs === undefined ? undefined : Math.max(0, atMs - wallMs)
}
