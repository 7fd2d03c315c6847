import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import { type Claim, type SegmentMap, unknownEnd } from '../../model/segment-map.ts'
import { statusError } from '../../source/status-error.ts'
import type { Exchange } from '../../transport/contract.ts'
import { Restart } from '../restart.ts'
import type { Answer } from './answer.ts'

/** A response whose body begins where the lane's claim does. */
export interface OpenResponse {
	readonly exchange: Exchange
	/** What of the file it holds ends here. */
	readonly limit: number
	/** It was asked for to the end of the file: cutting it is owed, once, as soon as there is a second lane. */
	readonly openEnded: boolean
}

/**
 * What a lane receives of an answer; `ended` where the file ends at the claim.
 * Throws what the lane recovers from, or `Restart` where the version is gone.
 */
export function openResponse(answer: Answer, claim: Claim, map: SegmentMap): OpenResponse | 'ended' {
	const { combination, exchange, url } = answer
	switch (combination.kind) {
		case 'part':
			return { exchange, limit: combination.range.end, openEnded: false }
		case 'whole':
			// Right for a claim from the first byte; elsewhere it means that ranges are gone, or were never there.
			if (claim.position === 0) return { exchange, limit: map.bytes ?? unknownEnd, openEnded: true }
			exchange.cancel(undefined)
			throw refusedPart(url, 'ignored the range that was asked for', true)
		case 'ended':
			return 'ended'
		case 'changed':
			throw new Restart('changed', combination.why)
		case 'refused':
			throw refusedPart(url, `sent ${combination.why}`)
		case 'status':
			throw statusError(url, exchange.head)
	}
}

/** A success that cannot be trusted as a part of the file. */
export function refusedPart(url: URL, what: string, rangeIgnored = false): DownloadError {
	return new DownloadError('E_PROTOCOL', `${redactUrl(url)} ${what}`, { details: { refusedPart: true, rangeIgnored } })
}

export const isRefusedPart = (error: DownloadError): boolean => error.details['refusedPart'] === true

/** The server sent the whole of the very version, right as it is, where a part was asked for. */
export const ignoredRange = (error: DownloadError): boolean => error.details['rangeIgnored'] === true
