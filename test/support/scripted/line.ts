import type { Clock, Timer } from '../../../src/base/clock.ts'

/** A response on its way, from the side of the line that it comes by. */
export interface Flow {
	/** What it would take at present; 0 while it can take nothing. */
	wants(): number
	give(bytes: number): void
}

/** A time in which nothing comes through. */
export interface Outage {
	readonly fromMs: number
	readonly toMs: number
	/** What shows of it: nothing at all, refused connections, or cut ones that are refused from then on. */
	readonly manner: 'silent' | 'refused' | 'reset'
}

export interface LineOptions {
	/** Of all connections together, always or at a moment. @default no limit */
	readonly bytesPerSecond?: number | ((nowMs: number) => number) | undefined
	readonly outages?: readonly Outage[]
	/** What comes is delivered so often. @default 10 */
	readonly stepMs?: number
}

/** The line that all connections share, in virtual time: max–min fair, in small steps, and silent where nothing flows. */
export class Line {
	readonly #clock: Clock
	readonly #bytesPerSecond: (nowMs: number) => number
	readonly #flows = new Set<Flow>()
	readonly #outages: readonly Outage[]
	readonly #stepMs: number
	#timer: Timer | undefined

	constructor(clock: Clock, options: LineOptions = {}) {
		this.#clock = clock
		const { bytesPerSecond = Number.POSITIVE_INFINITY } = options
		this.#bytesPerSecond = typeof bytesPerSecond === 'number' ? () => bytesPerSecond : bytesPerSecond
		this.#outages = options.outages ?? []
		this.#stepMs = options.stepMs ?? 10
	}

	/** The outage that there is at a moment. */
	outageAt(ms: number): Outage | undefined {
		return this.#outages.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
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
		this.#timer ??= this.#clock.after(this.#stepMs, () => this.#tick())
	}

	#tick(): void {
		const outage = this.outageAt(this.#clock.now())
		this.#timer = outage && this.#clock.after(outage.toMs - this.#clock.now(), () => this.#tick())
		if (outage !== undefined) return
		const wanting = [...this.#flows].map(flow => ({ flow, wants: flow.wants() })).filter(({ wants }) => wants > 0)
		let left = this.#bytesPerSecond(this.#clock.now())
		// Who wants less than an equal share leaves the rest to the others.
		wanting.sort((a, b) => a.wants - b.wants)
		for (const [rank, { flow, wants }] of wanting.entries()) {
			const share = Math.min(wants, left / (wanting.length - rank))
			left -= share
			flow.give((share * this.#stepMs) / 1000)
		}
		if (wanting.length > 0 && this.#flows.size > 0) this.wake()
	}
}
