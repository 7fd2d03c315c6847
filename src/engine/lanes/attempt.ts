import { type Cancel, CancelSource } from '../../base/abort.ts'
import { type DownloadError, isDownloadError } from '../../base/errors.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { BlockIntake } from './intake.ts'
import type { LaneFailure, LaneWork } from './lane-work.ts'
import { type OpenResponse, openResponse } from './open-response.ts'
import { receive } from './receive.ts'

/** What an attempt at a claim is given. */
export interface AttemptOrder {
	readonly intake: BlockIntake
	/** The response that is open already; nothing is asked for then. */
	readonly open: OpenResponse | undefined
	/** The address that has expired: it is asked for by way of the first URL. */
	readonly expired: URL | undefined
	/** The answer came from this host. */
	readonly onMove: (host: string) => void
}

/** One request of a lane, from its sending to the end of its body. */
export class Attempt {
	/** How far it is; once it has ended, how far it came. */
	phase: 'asking' | 'receiving' = 'asking'
	/** Its response was asked for to the end of the file, and comes. */
	openEnded = false
	firstByteCame = false
	/** The machine slept since it was sent, and no byte has come after that: its connection may be gone. */
	doubtful = false
	readonly askedSinceMs: number
	/** Where requests went when it was made. */
	readonly askedAt: URL
	readonly #work: LaneWork
	readonly #parent: Cancel
	readonly #request: CancelSource
	#ended = false
	#wokeMs = 0
	/** Why it was given up for another connection. */
	#replacedFor: DownloadError | undefined

	constructor(work: LaneWork, parent: Cancel) {
		this.#work = work
		this.#parent = parent
		this.#request = new CancelSource(parent)
		this.askedSinceMs = work.clock.now()
		this.askedAt = work.url
	}

	/** When the last byte came, it was sent, or a sleep ended: whichever was last. */
	silentSinceMs(lastByteMs: number | undefined): number {
		return Math.max(lastByteMs ?? this.askedSinceMs, this.#wokeMs)
	}

	/** Answers with the failure where there was one that a lane may recover from. */
	async run(claim: Claim, order: AttemptOrder): Promise<Omit<LaneFailure, 'newBytes'> | undefined> {
		try {
			const response = order.open ?? (await this.#ask(claim, order))
			if (response !== 'ended') await this.#receive(claim, response, order.intake)
			return undefined
		} catch (error) {
			if (this.#parent.cancelled) throw this.#parent.reason
			if (!isDownloadError(error)) throw error
			return { error, beforeFirstByte: !this.firstByteCame, askedAt: this.askedAt }
		} finally {
			this.#request.detach()
			this.#ended = true
			this.doubtful = false
		}
	}

	/** A byte of its body came. */
	came(): void {
		this.firstByteCame = true
		this.doubtful = false
	}

	/** After a sleep its silence says nothing, and its connection has to show that it lives. */
	wake(nowMs: number): void {
		this.#wokeMs = nowMs
		this.doubtful = !this.#ended
	}

	/** Gives it up; it fails with `error`, unless it has ended. */
	cancel(error: DownloadError): void {
		if (!this.#ended) this.#request.cancel(error)
	}

	/** Gives it up as no failure of its own: another connection has done better, or may. */
	replace(error: DownloadError): void {
		this.#replacedFor = error
		this.cancel(error)
	}

	/** Whether this error is no failure, but how `replace` ended it. */
	wasReplacedFor(error: DownloadError): boolean {
		return this.#replacedFor === error
	}

	async #ask(claim: Claim, { expired, onMove }: AttemptOrder): Promise<OpenResponse | 'ended'> {
		const answer = await this.#work.ask(claim, this.#request, expired)
		onMove(answer.url.host)
		const response = openResponse(answer, claim, this.#work.map)
		if (response === 'ended') this.#work.endAt(claim.position, true)
		return response
	}

	async #receive(claim: Claim, response: OpenResponse, intake: BlockIntake): Promise<void> {
		this.phase = 'receiving'
		this.openEnded = response.openEnded
		try {
			await receive(this.#work, claim, response, intake, this.#request)
		} finally {
			this.openEnded = false
		}
	}
}
