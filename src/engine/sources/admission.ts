import { CancelSource } from '../../base/abort.ts'
import { type DownloadError, isDownloadError } from '../../base/errors.ts'
import { isWorthComparing, retriesOfExpendable } from '../../control/mirror-ranking.ts'
import { decideRetry } from '../../control/retry.ts'
import { lengthOf } from '../../model/byte-range.ts'
import { failureOf } from '../failure.ts'
import { Locator } from '../lanes/locator.ts'
import type { EngineDeps } from '../spec.ts'
import type { Address } from './address.ts'
import { type Agreement, agreeWith, type Known, type Sample } from './agreement.ts'

export interface AdmissionDeps extends Pick<EngineDeps, 'transport' | 'governor' | 'clock' | 'random'> {
	readonly known: Omit<Known, 'vouched'>
	/** The source agrees: lanes may go there from now on. */
	readonly admit: (address: Address, agreement: Agreement) => Promise<void>
	/** It does not, or could not be asked. */
	readonly leaveOut: (address: Address, why: DownloadError) => void
	/** A fault of ours, which ends the download. */
	readonly fail: (error: unknown) => void
}

/** Fewer bytes than this may be the same in any two files. */
const leastSampleBytes = 1024
/** What is still asked after this long does not hold a lane back any more. */
const reservedForMs = 2000

/** Has mirrors compared with the first bytes that come, all at once, before any byte of theirs is used. */
export class Admission {
	readonly #addresses: readonly Address[]
	readonly #deps: AdmissionDeps
	readonly #cancel = new CancelSource()
	readonly #startedMs: number
	readonly #asked = new Set<Promise<void>>()
	#state: 'awaits a sample' | 'asking' | 'over'
	#waiting: number

	constructor(addresses: readonly Address[], deps: AdmissionDeps) {
		this.#addresses = addresses
		this.#deps = deps
		this.#startedMs = deps.clock.now()
		this.#waiting = addresses.length
		this.#state = addresses.length === 0 ? 'over' : 'awaits a sample'
	}

	get wantsSample(): boolean {
		return this.#state === 'awaits a sample'
	}

	/** Mirrors that may be admitted in a moment: connections are kept for them. */
	reserved(nowMs: number): number {
		return this.#state === 'over' || nowMs - this.#startedMs > reservedForMs ? 0 : this.#waiting
	}

	/** These bytes are there, and so much is left to fetch. */
	sampled(sample: Sample, bytesLeft: number): void {
		if (!this.wantsSample || lengthOf(sample.range) < leastSampleBytes) return
		if (!isWorthComparing(bytesLeft, lengthOf(sample.range))) {
			this.#state = 'over'
			return
		}
		this.#state = 'asking'
		for (const address of this.#addresses) {
			const asked = this.#ask(address, sample)
				.catch(this.#deps.fail)
				.finally(() => {
					this.#asked.delete(asked)
				})
			this.#asked.add(asked)
		}
	}

	/** Nobody is asked any more; resolves when all that was under way has ended. */
	async end(reason: unknown): Promise<void> {
		this.#state = 'over'
		this.#cancel.cancel(reason)
		await Promise.all(this.#asked)
	}

	async #ask(address: Address, sample: Sample): Promise<void> {
		const answer = await this.#askPatiently(address, sample)
		if (answer === 'over') return
		// What was kept for it is its own from here on, or nobody's.
		this.#waiting -= 1
		if (isDownloadError(answer)) this.#deps.leaveOut(address, answer)
		else await this.#deps.admit(address, answer)
	}

	/** What it has shown, or why it is of no use; `over` where nobody wants to know any more. */
	async #askPatiently(address: Address, sample: Sample): Promise<Agreement | DownloadError | 'over'> {
		const { clock, random } = this.#deps
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await this.#agree(address, sample)
			} catch (error) {
				if (this.#cancel.cancelled) return 'over'
				if (!isDownloadError(error)) throw error
				const decision = decideRetry(failureOf(error, clock), { retries: retriesOfExpendable }, attempt, random)
				if (decision.kind === 'give-up') return error
				await clock.sleep(decision.delayMs, this.#cancel)
			}
		}
	}

	async #agree(address: Address, sample: Sample): Promise<Agreement> {
		const { governor, transport, clock, known } = this.#deps
		const lease = await governor.acquire(address.url.host, this.#cancel)
		try {
			return await agreeWith(
				new Locator(transport, address),
				{ ...known, vouched: address.linked, clock },
				sample,
				this.#cancel,
			)
		} finally {
			lease.release()
		}
	}
}
