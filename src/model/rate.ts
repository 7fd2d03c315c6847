interface Sample {
	readonly atMs: number
	readonly bytes: number
}

/** A rate over the last while, from a count that only grows. */
export class RateWindow {
	readonly #windowMs: number
	readonly #samples: Sample[] = []

	constructor(windowMs: number = 2000) {
		this.#windowMs = windowMs
	}

	/** Notes how much there is in all at this moment. */
	note(atMs: number, bytes: number): void {
		this.#samples.push({ atMs, bytes })
		// One sample older than the window stays: it is the edge from which the rate is measured.
		while ((this.#samples[1]?.atMs ?? atMs) <= atMs - this.#windowMs) this.#samples.shift()
	}

	/** Bytes a second over the window, or over what there is of it; undefined before there is a tenth of it. */
	get bytesPerSecond(): number | undefined {
		return this.over(this.#windowMs)
	}

	/** The same over a shorter window. */
	over(windowMs: number): number | undefined {
		const last = this.#samples[this.#samples.length - 1]
		if (last === undefined) return undefined
		const first = this.#samples.findLast(({ atMs }) => atMs <= last.atMs - windowMs) ?? (this.#samples[0] as Sample)
		const ms = last.atMs - first.atMs
		return ms >= windowMs / 10 ? ((last.bytes - first.bytes) * 1000) / ms : undefined
	}

	/** Begins anew. */
	clear(): void {
		this.#samples.length = 0
	}
}

/** The median of the last values; 0 while there are none. */
export class RunningMedian {
	readonly #keep: number
	#values: number[] = []

	constructor(keep: number = 15) {
		this.#keep = keep
	}

	note(value: number): void {
		this.#values.push(value)
		if (this.#values.length > this.#keep) this.#values.shift()
	}

	get value(): number {
		return this.medianWith([]) ?? 0
	}

	/** The median of the last values and of these; undefined where there are none at all. */
	medianWith(values: readonly number[]): number | undefined {
		const sorted = [...this.#values, ...values].sort((a, b) => a - b)
		return sorted[sorted.length >>> 1]
	}
}
