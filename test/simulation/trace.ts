import { createHash } from 'node:crypto'
import type { Clock } from '../../src/base/clock.ts'

/** Everything that happens, in order. Its hash is the proof that a seed replays exactly. */
export class Trace {
	readonly #clock: Clock
	readonly #lines: string[] = []

	constructor(clock: Clock) {
		this.#clock = clock
	}

	/** `who` did or suffered `what`. */
	note(who: string, what: string): void {
		this.#lines.push(`${this.#clock.now().toFixed(3).padStart(12)}  ${who.padEnd(8)}  ${what}`)
	}

	get lines(): readonly string[] {
		return this.#lines
	}

	/** The first 16 digits of a SHA-256 of all lines. */
	hash(): string {
		return createHash('sha256').update(this.#lines.join('\n')).digest('hex').slice(0, 16)
	}
}
