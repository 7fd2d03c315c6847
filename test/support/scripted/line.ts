import type { Clock, Timer } from '../../../src/base/clock.ts'

/** A response on its way, from the side of the line that it comes by. */
export interface Flow {
	/** What it would take at present; 0 while it can take nothing. */
	wants(): number
	give(bytes: number): void
}

const tickMs = 10

/** The line that all connections share, in virtual time: max–min fair, in steps of 10 ms, and silent where nothing flows. */
export class Line {
	readonly #clock: Clock
	readonly #bytesPerSecond: number
	readonly #flows = new Set<Flow>()
	#timer: Timer | undefined

	constructor(clock: Clock, bytesPerSecond: number = Number.POSITIVE_INFINITY) {
		this.#clock = clock
		this.#bytesPerSecond = bytesPerSecond
	}

	join(flow: Flow): void {
		this.#flows.add(flow)
		this.wake()
	}

	leave(flow: Flow): void {
		this.#flows.delete(flow)
		if (this.#flows.size > 0) return
		this.#timer?.stop()
		this.#timer = undefined
	}

	/** A flow may want something again. */
	wake(): void {
		this.#timer ??= this.#clock.after(tickMs, () => this.#tick())
	}

	#tick(): void {
		this.#timer = undefined
		const wanting = [...this.#flows].map(flow => ({ flow, wants: flow.wants() })).filter(({ wants }) => wants > 0)
		let left = this.#bytesPerSecond
		// Who wants less than an equal share leaves the rest to the others.
		wanting.sort((a, b) => a.wants - b.wants)
		for (const [rank, { flow, wants }] of wanting.entries()) {
			const share = Math.min(wants, left / (wanting.length - rank))
			left -= share
			flow.give((share * tickMs) / 1000)
		}
		if (wanting.length > 0 && this.#flows.size > 0) this.wake()
	}
}
