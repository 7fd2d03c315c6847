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
			const asked = this.#ask(address, sample).finally(() => {
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
		const { clock, random } = this.#deps
		for (let attempt = 1; ; attempt += 1) {
			try {
				const agreement = await this.#agree(address, sample)
				// What was kept for it is its own from here on.
				this.#waiting -= 1
				return await this.#deps.admit(address, agreement)
			} catch (error) {
				if (this.#cancel.cancelled) return
				if (!isDownloadError(error)) throw error
				const decision = decideRetry(failureOf(error, clock), { retries: retriesOfExpendable }, attempt, random)
				if (decision.kind === 'give-up') {
					this.#waiting -= 1
					return this.#deps.leaveOut(address, error)
				}
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
