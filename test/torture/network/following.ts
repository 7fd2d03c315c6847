import type { Intake } from '../../../src/transport/contract.ts'

/** An intake that keeps nothing and compares every byte with the one that should be there. */
export class Following implements Intake {
	readonly #truth: Buffer
	readonly #memory: Buffer
	#received = 0
	#right = true

	constructor(truth: Buffer, blockBytes: number = 16 * 1024) {
		this.#truth = truth
		this.#memory = Buffer.allocUnsafe(blockBytes)
	}

	get received(): number {
		return this.#received
	}

	/** Whether all that came is a beginning of the truth. */
	get right(): boolean {
		return this.#right
	}

	memory(): Uint8Array {
		return this.#memory
	}

	filled(bytes: number): boolean {
		const at = this.#received
		this.#received += bytes
		this.#right &&= this.#truth.subarray(at, this.#received).equals(this.#memory.subarray(0, bytes))
		return true
	}
}
