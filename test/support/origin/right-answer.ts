import type { ByteRange } from '../../../src/model/byte-range.ts'
import type { Named } from './representation.ts'
import type { RequestedRange, RequestHead } from './request.ts'

/** What a server without faults does with a request. `status` 416 has no bytes. */
export interface RightAnswer {
	readonly status: 200 | 206 | 416
	readonly range: ByteRange
}

/** RFC 9110 §13.1.5 and §14.2: a range is honoured in a GET whose If-Range, if any, names this version. */
export function rightAnswer(request: RequestHead, version: Named): RightAnswer {
	const bytes = version.body.length
	const whole = { start: 0, end: bytes }
	if (request.range === undefined || request.method !== 'GET' || !ifRangeHolds(request, version)) {
		return { status: 200, range: whole }
	}
	const range = within(request.range, bytes)
	return range === undefined ? { status: 416, range: { start: 0, end: 0 } } : { status: 206, range }
}

function ifRangeHolds({ headers }: RequestHead, { etag, lastModified }: Named): boolean {
	const condition = headers['if-range']
	if (condition === undefined) return true
	// Strong comparison: a weak tag equals nothing, not even itself (RFC 9110 §8.8.3.2).
	return condition.startsWith('"') ? condition === etag : condition === lastModified
}

function within(range: RequestedRange, bytes: number): ByteRange | undefined {
	const satisfied =
		'suffix' in range
			? { start: Math.max(0, bytes - range.suffix), end: bytes }
			: { start: range.start, end: Math.min(range.end ?? bytes, bytes) }
	return satisfied.start < satisfied.end ? satisfied : undefined
}
