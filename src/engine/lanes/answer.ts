import type { Cancel } from '../../base/abort.ts'
import type { ByteRange } from '../../model/byte-range.ts'
import { type Combination, type Committed, combine } from '../../model/combine.ts'
import { unknownEnd } from '../../model/segment-map.ts'
import { ifRangeField } from '../../model/validator.ts'
import type { Wanted } from '../../source/asking.ts'
import { discardBody } from '../../source/discard-body.ts'
import type { Followed } from '../../source/follow.ts'
import type { Exchange } from '../../transport/contract.ts'

/** An answer to a ranged request, with what it is good for. Its body was not touched where it is `part` or `whole`. */
export interface Answer {
	readonly exchange: Exchange
	readonly url: URL
	readonly combination: Combination
}

type Send = (wanted: Wanted | undefined, cancel: Cancel) => Promise<Followed>

/**
 * Asks for a range of the committed version and judges the answer.
 *
 * A 200 with the very validator that was sent in If-Range says that the server knows only one of the two: it is asked
 * once more without If-Range, and the ETag of the 206 decides.
 */
export async function askForRange(send: Send, committed: Committed, asked: ByteRange, cancel: Cancel): Promise<Answer> {
	const end = asked.end === unknownEnd ? undefined : asked.end
	const conditional = ifRangeField(committed.identity) !== undefined && asked.start > 0
	const first = judge(
		await send({ start: asked.start, end, ifRange: conditional ? committed.identity : undefined }, cancel),
		committed,
		asked,
	)
	if (first.combination.kind !== 'whole' || !conditional || asked.start === 0) return settle(first)
	await discardBody(first.exchange)
	return settle(judge(await send({ start: asked.start, end }, cancel), committed, asked))
}

/** Asks for the whole, unranged: for servers that know no ranges. */
export async function askForWhole(send: Send, committed: Committed, cancel: Cancel): Promise<Answer> {
	const whole = { start: 0, end: committed.bytes ?? unknownEnd }
	return settle(judge(await send(undefined, cancel), committed, whole))
}

function judge({ exchange, url }: Followed, committed: Committed, asked: ByteRange): Answer {
	return { exchange, url, combination: combine(committed, asked, exchange.head) }
}

async function settle(answer: Answer): Promise<Answer> {
	const { kind } = answer.combination
	if (kind !== 'part' && kind !== 'whole') await discardBody(answer.exchange)
	return answer
}
