import { CancelSource } from '../../base/abort.ts'
import { type DownloadError, isDownloadError } from '../../base/errors.ts'
import { retriesOfExpendable, worthComparing } from '../../control/mirror-ranking.ts'
import { decideRetry } from '../../control/retry.ts'
import { lengthOf } from '../../model/byte-range.ts'
import { failureOf } from '../failure.ts'
import { Locator } from '../lanes/locator.ts'
import type { EngineDeps } from '../spec.ts'
import type { Address } from './address.ts'
import { type Agreement, agreeWith, type Known, type Sample } from './agreement.ts'

export interface AdmissionDeps extends Pick<EngineDeps, 'transport' | 'governor' | 'clock' | 'random'> {
	readonly known: Omit<Known, 'vouched'>
	/** As many as the download may have of its own and of all mirrors together. */
	readonly mostLanes: number
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

/**
 * Has mirrors compared with the first bytes that come, before any byte of theirs is used: as many at once as can be of use,
 * and another in the place of each that is left out, or does not answer.
 */
export class Admission {
	/** Not asked yet. */
	readonly #addresses: Address[]
	readonly #deps: AdmissionDeps
	readonly #cancel = new CancelSource()
	readonly #startedMs: number
	readonly #asked = new Set<Promise<void>>()
	#state: 'awaits a sample' | 'asking' | 'over'
	#waiting: number

	constructor(addresses: readonly Address[], deps: AdmissionDeps) {
		this.#addresses = [...addresses]
		this.#deps = deps
		this.#startedMs = deps.clock.now()
		this.#waiting = Math.min(addresses.length, deps.mostLanes - 1)
		this.#state = this.#waiting === 0 ? 'over' : 'awaits a sample'
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
		const atOnce = worthComparing(bytesLeft, lengthOf(sample.range), this.#deps.mostLanes)
		this.#state = atOnce === 0 ? 'over' : 'asking'
		this.#waiting = 0
		for (let places = atOnce; places > 0; places -= 1) this.#askNext(sample)
	}

	/** Nobody is asked any more; resolves when all that was under way has ended. */
	async end(reason: unknown): Promise<void> {
		this.#state = 'over'
		this.#cancel.cancel(reason)
		await Promise.all(this.#asked)
	}

	#askNext(sample: Sample): void {
		const address = this.#state === 'over' ? undefined : this.#addresses.shift()
		if (address === undefined) return
		this.#waiting += 1
		let hasPlace = true
		const givePlace = (): void => {
			if (hasPlace) this.#askNext(sample)
			hasPlace = false
		}
		const patience = this.#deps.clock.after(reservedForMs, givePlace)
		const asked = this.#ask(address, sample, givePlace)
			.catch(this.#deps.fail)
			.finally(() => {
				patience.stop()
				this.#asked.delete(asked)
			})
		this.#asked.add(asked)
	}

	async #ask(address: Address, sample: Sample, givePlace: () => void): Promise<void> {
		const answer = await this.#askPatiently(address, sample)
		if (answer === 'over') return
		// What was kept for it is its own from here on, or nobody's.
		this.#waiting -= 1
		if (!isDownloadError(answer)) return await this.#deps.admit(address, answer)
		this.#deps.leaveOut(address, answer)
		givePlace()
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
