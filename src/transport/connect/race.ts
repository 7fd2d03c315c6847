import { type Cancel, CancelSource } from '../../base/abort.ts'
import type { Clock, Timer } from '../../base/clock.ts'

/** RFC 8305 §5 recommends it. */
export const stepMs = 250

export interface Runner<Candidate, Result> {
	/** Rejects with the reason when `cancel` fires, having let go of everything. */
	start(candidate: Candidate, cancel: Cancel): Promise<Result>
	/** Lets go of a result that came second. */
	discard(result: Result): void
}

/**
 * Tries candidates one after another in steps of 250 ms, or at once where one has failed, and takes the first that
 * succeeds. None is given up before another has won: Node's own way, which gives each its 250 ms and leaves it, fails
 * wherever the way to the server is longer than that.
 *
 * Rejects with the first failure when all have failed, and with the reason when `cancel` fires.
 */
export function race<Candidate, Result>(
	candidates: readonly [Candidate, ...Candidate[]],
	runner: Runner<Candidate, Result>,
	clock: Clock,
	cancel: Cancel,
): Promise<{ candidate: Candidate; result: Result }> {
	return new Promise((resolve, reject) => {
		new Race(candidates, runner, clock, { resolve, reject }).run(cancel)
	})
}

interface Settle<Candidate, Result> {
	resolve(winner: { candidate: Candidate; result: Result }): void
	reject(error: unknown): void
}

class Race<Candidate, Result> {
	readonly #candidates: readonly Candidate[]
	readonly #runner: Runner<Candidate, Result>
	readonly #clock: Clock
	readonly #settle: Settle<Candidate, Result>
	readonly #running: CancelSource = new CancelSource()
	#started = 0
	#failures: unknown[] = []
	#timer: Timer | undefined
	#stopListening: (() => void) | undefined

	constructor(
		candidates: readonly Candidate[],
		runner: Runner<Candidate, Result>,
		clock: Clock,
		settle: Settle<Candidate, Result>,
	) {
		this.#candidates = candidates
		this.#runner = runner
		this.#clock = clock
		this.#settle = settle
	}

	run(cancel: Cancel): void {
		this.#stopListening = cancel.onCancel(reason => {
			this.#end()
			this.#settle.reject(reason)
		})
		if (!cancel.cancelled) this.#startNext()
	}

	#startNext(): void {
		this.#timer?.stop()
		const candidate = this.#candidates[this.#started]
		if (candidate === undefined) return
		this.#started += 1
		this.#timer = this.#clock.after(stepMs, () => this.#startNext())
		this.#runner.start(candidate, this.#running).then(
			result => this.#win(candidate, result),
			error => this.#lose(error),
		)
	}

	#win(candidate: Candidate, result: Result): void {
		if (this.#running.cancelled) {
			this.#runner.discard(result)
			return
		}
		this.#end()
		this.#settle.resolve({ candidate, result })
	}

	#lose(error: unknown): void {
		if (this.#running.cancelled) return
		this.#failures.push(error)
		if (this.#failures.length < this.#candidates.length) {
			this.#startNext()
			return
		}
		this.#end()
		this.#settle.reject(this.#failures[0])
	}

	#end(): void {
		this.#timer?.stop()
		this.#stopListening?.()
		this.#running.cancel(undefined)
	}
}
