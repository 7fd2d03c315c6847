import type { BodyEnd } from '../contract.ts'

/** Finds where a body's bytes lie on the wire, and where the body ends. */
export interface BodyCounter {
	readonly kind: BodyEnd['framing']
	/** Whether the wire carries nothing but the body, so that a socket can be read straight into the reader's memory. */
	readonly bare: boolean
	/** How many of the next bytes are the body's; 0 where framing comes first, or nothing. */
	readonly owed: number
	/** Whether the body has ended. */
	readonly done: boolean
	/** `bytes` of the body, at most `owed`, were taken. */
	took(bytes: number): void
	/** Reads framing from `at`; answers where it stopped: at the body's bytes, at its end, or at `to`. Throws E_PROTOCOL. */
	skip(bytes: Uint8Array, at: number, to: number): number
}

/** A body of known length. */
export class LengthCounter implements BodyCounter {
	readonly kind = 'length'
	readonly bare = true
	owed: number

	constructor(bytes: number) {
		this.owed = bytes
	}

	get done(): boolean {
		return this.owed === 0
	}

	took(bytes: number): void {
		this.owed -= bytes
	}

	skip(_bytes: Uint8Array, at: number): number {
		return at
	}
}

/** A body that only the end of the connection ends. */
export class CloseCounter implements BodyCounter {
	readonly kind = 'close'
	readonly bare = true
	readonly owed: number = Number.POSITIVE_INFINITY
	readonly done = false

	took(): void {}

	skip(_bytes: Uint8Array, at: number): number {
		return at
	}
}
