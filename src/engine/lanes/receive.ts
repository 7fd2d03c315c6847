import type { Cancel } from '../../base/abort.ts'
import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import { parseContentRange } from '../../model/content-range.ts'
import { type Claim, unknownEnd } from '../../model/segment-map.ts'
import { Restart } from '../restart.ts'
import type { BlockIntake } from './intake.ts'
import type { LaneWork } from './lane-work.ts'
import { type OpenResponse, refusedPart } from './open-response.ts'

/**
 * Takes the body of a response into the claim, up to where the claim or the response ends, and judges how it ended.
 *
 * When it settles, every byte that counts is in the sink, and the claim's position is behind the last of them.
 */
export async function receive(
	work: LaneWork,
	claim: Claim,
	response: OpenResponse,
	intake: BlockIntake,
	cancel: Cancel,
): Promise<void> {
	const { exchange, limit } = response
	const startedAt = claim.position
	intake.begin(claim, exchange, limit)
	const stopListening = cancel.onCancel(reason => exchange.cancel(reason))
	try {
		const end = await exchange.receive(intake)
		if (limit === unknownEnd) work.endAt(claim.position, end.lengthVerified)
		else if (claim.position < Math.min(limit, claim.end))
			throw endedEarly(work.url, claim.position - startedAt, limit - startedAt)
		intake.count()
	} catch (error) {
		if (!intake.overrun) throw error
		checkOverrun(work.url, claim, response, intake.counted)
		intake.count()
	} finally {
		stopListening()
		await intake.end()
		if (!intake.counted) takeBack(work, claim, startedAt)
	}
}

/** A whole that runs on is another file than the one whose length was told; a part that belies its own head is none. */
function checkOverrun(url: URL, claim: Claim, { exchange, limit }: OpenResponse, counted: boolean): void {
	if (claim.position !== limit) return
	const { status, fields } = exchange.head
	if (status === 200) throw new Restart('changed', `the length was ${limit} and more came`)
	const promisedEnd = parseContentRange(fields.get('content-range'))?.range.end
	if (!counted && promisedEnd === limit) throw refusedPart(url, 'sent more than the part that it announced')
}

/** What came since turned out not to be the file, or nothing says that it is. A stream has had it already. */
function takeBack(work: LaneWork, claim: Claim, to: number): void {
	if (claim.position > to && !work.sink.abilities.randomAccess) work.fail(streamBroke(work.url))
	work.map.rewind(claim, to)
}

export function streamBroke(url: URL): DownloadError {
	const what = 'broke off, and what was written to the stream cannot be taken back'
	return new DownloadError('E_TRUNCATED', `${redactUrl(url)} ${what}`, {
		hint: 'Download it to a file: that can begin again.',
	})
}

/** The framing was kept and the promise of Content-Range was not: these bytes are no part of the file. */
function endedEarly(url: URL, came: number, promised: number): DownloadError {
	return new DownloadError('E_TRUNCATED', `${redactUrl(url)} sent ${came} of ${promised} bytes and called them whole`, {
		details: { refusedPart: true },
	})
}
