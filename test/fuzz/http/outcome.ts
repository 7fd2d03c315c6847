import type { ErrorCode } from '../../../src/base/errors.ts'
import type { BodyEnd } from '../../../src/transport/contract.ts'

/** What a client makes of the bytes of a connection. Texts hold one byte in each character. */
export type Outcome = Refused | Answered

/** No final head could be read. */
export interface Refused {
	readonly refused: ErrorCode
}

export interface Answered {
	readonly status: number
	readonly reason: string
	readonly fields: ReadonlyMap<string, string>
	/** All that was delivered, be it whole or not. */
	readonly body: string
	readonly end: BodyEnd | ErrorCode
	/** Whether the connection was kept for another request. */
	readonly kept: boolean
}
